-- Keys that protect what is kept about citizens, each wrapped by a certificate outside the database.
CREATE TABLE protection_keys (
  name TEXT PRIMARY KEY,
  xml TEXT NOT NULL
);
