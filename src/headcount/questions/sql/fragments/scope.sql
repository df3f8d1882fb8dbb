-- True of the classes that are asked for: those of a kind, or all that both kinds of reporters count.
of_kind = $kind
OR (
    $kind = 'all'
    AND of_kind NOT IN (
        'www', 'secrets provider', 'authentication', 'report generator', 'machine', 'configurator', 'factory'
    )
)
