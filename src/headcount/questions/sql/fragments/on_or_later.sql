-- Of those that run the release or a later one, and answered their plugins.
has(answered, $field) AND buildbot >= $release
