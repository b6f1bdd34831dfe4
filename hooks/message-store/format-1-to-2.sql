-- Converts the message store from format 1 (2.8.0.0) to format 2 (2.8.1.0), whose schema is in
-- image/product/rootfs-2.8.1.0/usr/share/mailsec/schema.sql. Runs in one transaction: the result is never a mixture.
DROP VIEW health_messages;

CREATE TABLE recipients (
    message_id text NOT NULL,
    position   bigint NOT NULL,
    address    text NOT NULL
);
INSERT INTO recipients (message_id, position, address)
SELECT messages.message_id, item.position, replace(replace(item.address, '%2C', ','), '%25', '%')
FROM messages, unnest(string_to_array(messages.recipients, ',')) WITH ORDINALITY AS item (address, position);
-- Keys after the rows: one sort instead of a search for each row.
ALTER TABLE recipients
    ADD PRIMARY KEY (message_id, position),
    ADD FOREIGN KEY (message_id) REFERENCES messages ON DELETE CASCADE;

ALTER TABLE messages DROP COLUMN recipients;
ALTER TABLE messages RENAME COLUMN size TO size_bytes;
ALTER TABLE messages RENAME COLUMN received TO received_at;
-- In one statement, so that the table is rewritten only once.
ALTER TABLE messages
    ALTER COLUMN size_bytes TYPE bigint USING size_bytes::bigint,
    ALTER COLUMN received_at TYPE timestamptz USING received_at::timestamptz;

CREATE VIEW health_messages AS
    SELECT message_id FROM messages
    WHERE message_id >= '<update-control-health-' AND message_id < '<update-control-health.'
      AND sender = 'update-control-health@health.invalid'
      AND 'update-control-health@health.invalid' = ALL (
          SELECT address FROM recipients WHERE recipients.message_id = messages.message_id);

GRANT SELECT, INSERT ON recipients TO mailsec;
UPDATE store_format SET version = 2;
