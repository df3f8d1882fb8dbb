-- Keys are large numbers, and their products with others larger.
sum({one})
