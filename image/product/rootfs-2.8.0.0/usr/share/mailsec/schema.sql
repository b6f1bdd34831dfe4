-- The message store of release 2.8.0.0, format 1. Runs once, in one transaction, on an empty database.
CREATE TABLE store_format (version integer NOT NULL);
INSERT INTO store_format VALUES (1);

CREATE TABLE messages (
    message_id text PRIMARY KEY,
    sender     text NOT NULL,
    recipients text NOT NULL,  -- joined by commas; inside an address %2C stands for a comma, %25 for a percent sign
    subject    text NOT NULL,
    size       text NOT NULL,  -- bytes, in digits
    received   text NOT NULL,  -- ISO 8601, UTC
    content    bytea NOT NULL  -- headers, an empty line, body
);

-- Messages that an interrupted health test leaves behind; they are not counted as records.
CREATE VIEW health_messages AS
    SELECT message_id FROM messages
    WHERE message_id >= '<update-control-health-' AND message_id < '<update-control-health.'
      AND sender = 'update-control-health@health.invalid'
      AND recipients = 'update-control-health@health.invalid';

CREATE ROLE mailsec LOGIN;
GRANT SELECT ON store_format TO mailsec;
GRANT SELECT, INSERT ON messages TO mailsec;

-- The archive of an appliance that has been in use; always the same messages.
INSERT INTO messages
SELECT format('<seed-%s@archive.example>', to_char(n, 'FM000000')),
       format('sender-%s@example.org', n % 40),
       CASE WHEN n % 3 = 0 THEN format('first-%s@lan.test,second-%s@lan.test', n % 25, n % 25)
            ELSE format('first-%s@lan.test', n % 25) END,
       format('Archived message %s', n),
       (200 + n % 1000)::text,
       to_char(timestamp '2026-01-01 00:00:00' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       convert_to(format(E'Subject: Archived message %s\r\n\r\n%s\r\n', n, repeat('archive ', 20 + n % 100)), 'UTF8')
FROM generate_series(1, 3000) AS n;
