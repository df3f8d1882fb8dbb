-- Days on which far more installations came for the first time than the days before let expect.
CREATE TABLE floods (
    day DATE NOT NULL,
    newcomers UINTEGER NOT NULL,
    bound UINTEGER NOT NULL            -- how many would still have been believed
);

-- Who was born on such a day, and when it was seen after that.
CREATE TABLE comebacks (install UBIGINT NOT NULL, day DATE NOT NULL);

-- They are set apart until `released`: a day on which no more of them came back than are believed. 2100-01-01 while none.
CREATE TABLE quarantine (install UBIGINT NOT NULL, came DATE NOT NULL, released DATE NOT NULL);
