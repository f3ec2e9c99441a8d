-- A request for a copy of a record that has been disposed of: the ledger keeps that it was answered,
-- by whom and when, and no longer says whose record it was.
CREATE FUNCTION forget_requests(numbers text[], reference text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  done integer;
BEGIN
  CREATE TEMPORARY TABLE forgotten ON COMMIT DROP AS
    SELECT id FROM register_entry WHERE register = 'requests' AND due IS NULL
      AND replace(answers->>'number', ' ', '') = ANY (numbers);
  UPDATE register_event SET answers = '{}' WHERE entry IN (SELECT id FROM forgotten);
  UPDATE register_entry SET answers = '{}', title = reference
    WHERE id IN (SELECT id FROM forgotten);
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$;
REVOKE EXECUTE ON FUNCTION forget_requests(text[], text) FROM PUBLIC;
