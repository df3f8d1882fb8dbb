-- Those whose master is not newer than the vocabulary, so that its new classes do not look like custom ones.
has(answered, $field) AND newer = 0
