-- True of a profile that answered the field, or both.
has(answered, $field) AND has(answered, $also)
