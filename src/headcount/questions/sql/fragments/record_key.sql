-- What an installation adds to the key of a cell: the low 32 bits of its pseudonym.
modulo(install, 4294967296)
