-- Facts about the installation as a whole, such as that it is a demonstration.
CREATE TABLE bevan_mark (
  name text PRIMARY KEY,
  value text NOT NULL
);
