-- The visit during which an app was opened from a record (SMART App Launch 2.2, `encounter`).
ALTER TABLE app_launch ADD COLUMN encounter text;
ALTER TABLE app_grant ADD COLUMN encounter text;
