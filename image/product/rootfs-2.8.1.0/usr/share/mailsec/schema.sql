-- The message store of release 2.8.1.0, format 2. Runs once, in one transaction, on an empty database; a store of
-- format 1 becomes the same by hooks/message-store/format-1-to-2.sql.
CREATE TABLE store_format (version integer NOT NULL);
INSERT INTO store_format VALUES (2);

CREATE TABLE messages (
    message_id  text PRIMARY KEY,
    sender      text NOT NULL,
    subject     text NOT NULL,
    size_bytes  bigint NOT NULL,
    received_at timestamptz NOT NULL,
    content     bytea NOT NULL  -- headers, an empty line, body
);

CREATE TABLE recipients (
    message_id text NOT NULL REFERENCES messages ON DELETE CASCADE,
    position   bigint NOT NULL,  -- 1 for the first one named in the envelope
    address    text NOT NULL,
    PRIMARY KEY (message_id, position)
);

-- What the health test leaves behind when it is cut short; it counts as no record.
CREATE VIEW health_messages AS
    SELECT message_id FROM messages
    WHERE message_id >= '<update-control-health-' AND message_id < '<update-control-health.'
      AND sender = 'update-control-health@health.invalid'
      AND 'update-control-health@health.invalid' = ALL (
          SELECT address FROM recipients WHERE recipients.message_id = messages.message_id);

CREATE ROLE mailsec LOGIN;
GRANT SELECT ON store_format TO mailsec;
GRANT SELECT, INSERT ON messages, recipients TO mailsec;
