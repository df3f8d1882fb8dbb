-- True of a profile that answered the field and was asked for all: no other than a full report of our reporter is.
has(answered, $field) AND sender = 'headcount' AND level <> 'basic'
