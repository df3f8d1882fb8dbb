-- Where no field of classes matters.
0
