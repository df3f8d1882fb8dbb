-- Erasures that were asked for: the second stage follows the first within the day. A receipt does not say whose it is.
CREATE TABLE receipts (
    receipt VARCHAR NOT NULL,          -- a random name
    asked BIGINT NOT NULL,             -- out of the answers since, Unix time
    disk BIGINT                        -- off the disk since; NULL until then
);
