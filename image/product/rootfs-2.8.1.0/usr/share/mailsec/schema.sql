-- The message store of release 2.8.1.0, format 2. Runs once, in one transaction, on an empty database.
-- hooks/message-store/format-1-to-2.sql converts a store of format 1 to the same schema.
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

-- Messages that an interrupted health test leaves behind; they are not counted as records.
CREATE VIEW health_messages AS
    SELECT message_id FROM messages
    WHERE message_id >= '<update-control-health-' AND message_id < '<update-control-health.'
      AND sender = 'update-control-health@health.invalid'
      AND 'update-control-health@health.invalid' = ALL (
          SELECT address FROM recipients WHERE recipients.message_id = messages.message_id);

CREATE ROLE mailsec LOGIN;
GRANT SELECT ON store_format TO mailsec;
GRANT SELECT, INSERT ON messages, recipients TO mailsec;
