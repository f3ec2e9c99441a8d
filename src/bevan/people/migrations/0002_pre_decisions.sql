-- A pair may be decided more than once at one moment of a standing clock: decisions get a number.
ALTER TABLE person_decision DROP CONSTRAINT person_decision_pkey;
ALTER TABLE person_decision ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
CREATE INDEX person_decision_pair ON person_decision (first, second, id);
