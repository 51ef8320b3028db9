namespace Serverless.InfluxQL.Tests.Printing;

/// <summary>Queries and the text in which influxd 1.6.7 shows their statement when it refuses to execute it.</summary>
internal static class PrintedQueries
{
    public static readonly TheoryData<string, string> All = new()
    {
        { "select a from b", "SELECT a FROM b" },
        { "SELECT * FROM b", "SELECT * FROM b" },
        { "SELECT *::field, *::tag FROM b", "SELECT *::field, *::tag FROM b" },
        { "SELECT /a/ FROM b", "SELECT /a/ FROM b" },
        { "SELECT a AS \"b c\", d as e FROM f", "SELECT a AS \"b c\", d AS e FROM f" },
        { "SELECT mean(a) + 2.5, -b, +b, -(c), -f(d) FROM g", "SELECT mean(a) + 2.500, -1 * b, 1 * b, -1 * (c), -1 * f(d) FROM g" },
        { "SELECT a + b * c - d / e % f & g | h ^ i FROM j", "SELECT a + b * c - d / e % f & g | h ^ i FROM j" },
        { "SELECT (a + b) * c FROM d", "SELECT (a + b) * c FROM d" },
        {
            "SELECT a::float, b::integer, c::unsigned, d::string, e::boolean, f::field, g::tag FROM h",
            "SELECT a::float, b::integer, c::unsigned, d::string, e::boolean, f::field, g::tag FROM h"
        },
        { "SELECT \"a.b\", a.b.c FROM d", "SELECT \"a.b\", \"a.b.c\" FROM d" },
        { "SELECT DISTINCT a FROM b", "SELECT DISTINCT a FROM b" },
        {
            "SELECT distinct(a), COUNT(DISTINCT a), count(distinct(a)) FROM b",
            "SELECT distinct(a), count(DISTINCT a), count(distinct(a)) FROM b"
        },
        { "SELECT f(), f(a, /b/, 'c', 1, 1.5, true, 1h) FROM d", "SELECT f(), f(a, /b/, 'c', 1, 1.500, true, 1h) FROM d" },
        { "SELECT top(a, b, c, 3) FROM d", "SELECT top(a, b, c, 3) FROM d" },
        { "SELECT a INTO b FROM c", "SELECT a INTO b FROM c" },
        { "SELECT a INTO \"x\".y.b FROM c", "SELECT a INTO x.y.b FROM c" },
        { "SELECT a INTO x..b FROM c", "SELECT a INTO x..b FROM c" },
        { "SELECT a INTO x.y.:MEASUREMENT FROM /c/", "SELECT a INTO x.y.:MEASUREMENT FROM /c/" },
        { "SELECT a INTO x.:MEASUREMENT FROM c", "SELECT a INTO x.:MEASUREMENT FROM c" },
        { "SELECT a INTO x..:MEASUREMENT FROM c", "SELECT a INTO x..:MEASUREMENT FROM c" },
        {
            "SELECT a FROM b, c.d, e.f.g, h..i, /j/, k./l/, m.n./o/, p../q/",
            "SELECT a FROM b, c.d, e.f.g, h..i, /j/, k./l/, m.n./o/, p../q/"
        },
        {
            "SELECT a FROM (SELECT b FROM (SELECT c FROM d) WHERE e = 'f'), g",
            "SELECT a FROM (SELECT b FROM (SELECT c FROM d) WHERE e = 'f'), g"
        },
        {
            "SELECT a FROM b WHERE time > now() - 1h AND time <= '2020-01-01T00:00:00Z' OR host =~ /a\\/b/ AND dc !~ /c\\d+/",
            "SELECT a FROM b WHERE time > now() - 1h AND time <= '2020-01-01T00:00:00Z' OR host =~ /a\\/b/ AND dc !~ /c\\d+/"
        },
        {
            "SELECT a FROM b WHERE a = 1 AND b != 2 AND c <> 3 AND d < 4 AND e <= 5 AND f > 6 AND g >= 7",
            "SELECT a FROM b WHERE a = 1 AND b != 2 AND c != 3 AND d < 4 AND e <= 5 AND f > 6 AND g >= 7"
        },
        {
            "SELECT a FROM b WHERE a = 'it\\'s' AND b = \"x\\\"y\" AND c = 'l\\n\\\\'",
            "SELECT a FROM b WHERE a = 'it\\'s' AND b = \"x\\\"y\" AND c = 'l\\n\\\\'"
        },
        { "SELECT a FROM b WHERE a = true OR b = FALSE", "SELECT a FROM b WHERE a = true OR b = false" },
        { "SELECT a FROM b WHERE a = -5 AND b = -2.5 AND c > -1h", "SELECT a FROM b WHERE a = -5 AND b = -2.500 AND c > -1h" },
        {
            "SELECT a FROM b WHERE a = 18446744073709551615 AND b = -9223372036854775808",
            "SELECT a FROM b WHERE a = 18446744073709551615 AND b = -9223372036854775808"
        },
        {
            "SELECT mean(a) FROM b GROUP BY time(1m), host, \"x y\", /z/, *",
            "SELECT mean(a) FROM b GROUP BY time(1m), host, \"x y\", /z/, *"
        },
        { "SELECT mean(a) FROM b GROUP BY time(1h30m, -15m)", "SELECT mean(a) FROM b GROUP BY time(90m, -15m)" },
        { "SELECT mean(a) FROM b GROUP BY time(1d) fill(none)", "SELECT mean(a) FROM b GROUP BY time(1d) fill(none)" },
        { "SELECT mean(a) FROM b GROUP BY time(1w) fill(previous)", "SELECT mean(a) FROM b GROUP BY time(1w) fill(previous)" },
        { "SELECT mean(a) FROM b GROUP BY time(1u) fill(linear)", "SELECT mean(a) FROM b GROUP BY time(1u) fill(linear)" },
        { "SELECT mean(a) FROM b GROUP BY time(1ms) fill(null)", "SELECT mean(a) FROM b GROUP BY time(1ms)" },
        { "SELECT mean(a) FROM b GROUP BY time(1ns) fill(0)", "SELECT mean(a) FROM b GROUP BY time(1ns) fill(0)" },
        { "SELECT mean(a) FROM b GROUP BY time(90s) FILL(-1.5)", "SELECT mean(a) FROM b GROUP BY time(90s) fill(-1.5)" },
        { "SELECT mean(a) FROM b GROUP BY time(1µ) fill(3.0)", "SELECT mean(a) FROM b GROUP BY time(1u) fill(3)" },
        { "SELECT a FROM b ORDER BY time", "SELECT a FROM b ORDER BY time ASC" },
        {
            "SELECT a FROM b ORDER BY time DESC LIMIT 1 OFFSET 2 SLIMIT 3 SOFFSET 4",
            "SELECT a FROM b ORDER BY time DESC LIMIT 1 OFFSET 2 SLIMIT 3 SOFFSET 4"
        },
        { "SELECT a FROM b ORDER BY DESC", "SELECT a FROM b ORDER BY DESC" },
        { "SELECT a FROM b LIMIT 0", "SELECT a FROM b" },
        { "SELECT a FROM b LIMIT 99999999999999999999", "SELECT a FROM b LIMIT 9223372036854775807" },
        { "SELECT a FROM b tz('Europe/Paris')", "SELECT a FROM b TZ('Europe/Paris')" },
        { "SELECT a FROM b TZ('UTC')", "SELECT a FROM b TZ('UTC')" },
        { "SELECT a FROM b tz('')", "SELECT a FROM b TZ('UTC')" },
        { "SELECT a FROM b -- comment", "SELECT a FROM b" },
        { "SELECT 1 + 1.000, .5, 5., 0.125, 100.0 FROM a", "SELECT 1 + 1.000, 0.500, 5.000, 0.125, 100.000 FROM a" },
        {
            "SELECT a FROM b WHERE time = 1500ms AND x = 36h AND y = 14d AND z = 1h1s",
            "SELECT a FROM b WHERE time = 1500ms AND x = 36h AND y = 2w AND z = 3601s"
        },
        { "SELECT x\"y\" FROM b", "SELECT y FROM b" },
        { "EXPLAIN SELECT a FROM b", "EXPLAIN SELECT a FROM b" },
        { "EXPLAIN ANALYZE SELECT mean(a) FROM b GROUP BY time(1m)", "EXPLAIN ANALYZE SELECT mean(a) FROM b GROUP BY time(1m)" },
        { "DELETE FROM a", "DELETE FROM a" },
        { "DELETE FROM a, /b/ WHERE time < 5", "DELETE FROM a, /b/ WHERE time < 5" },
        { "DELETE WHERE host = 'a'", "DELETE WHERE host = 'a'" },
        { "DROP SERIES FROM a WHERE b = 'c'", "DROP SERIES FROM a WHERE b = 'c'" },
        { "DROP SERIES WHERE b = 'c'", "DROP SERIES WHERE b = 'c'" },
        { "DROP MEASUREMENT \"a b\"", "DROP MEASUREMENT \"a b\"" },
        { "DROP SHARD 3", "DROP SHARD 3" },
        { "DROP DATABASE a", "DROP DATABASE a" },
        { "DROP RETENTION POLICY a ON b", "DROP RETENTION POLICY a ON b" },
        { "DROP USER a", "DROP USER a" },
        { "DROP CONTINUOUS QUERY a ON b", "DROP CONTINUOUS QUERY a ON b" },
        { "DROP SUBSCRIPTION a ON b.c", "DROP SUBSCRIPTION a ON b.c" },
        { "KILL QUERY 5", "KILL QUERY 5" },
        { "KILL QUERY 5 ON \"host:8088\"", "KILL QUERY 5 ON \"host:8088\"" },
        { "CREATE DATABASE a", "CREATE DATABASE a" },
        {
            "CREATE DATABASE \"a-b\" WITH DURATION 1d REPLICATION 1 SHARD DURATION 90m NAME \"default\"",
            "CREATE DATABASE \"a-b\" WITH DURATION 24h0m0s REPLICATION 1 SHARD DURATION 1h30m0s NAME \"default\""
        },
        { "CREATE DATABASE a WITH DURATION INF", "CREATE DATABASE a WITH DURATION 0s" },
        { "CREATE DATABASE a WITH NAME b", "CREATE DATABASE a WITH NAME b" },
        { "CREATE RETENTION POLICY a ON b DURATION 1h REPLICATION 2", "CREATE RETENTION POLICY a ON b DURATION 1h REPLICATION 2" },
        {
            "CREATE RETENTION POLICY a ON b DURATION INF REPLICATION 1 SHARD DURATION 30m DEFAULT",
            "CREATE RETENTION POLICY a ON b DURATION 0s REPLICATION 1 SHARD DURATION 30m DEFAULT"
        },
        { "ALTER RETENTION POLICY a ON b DURATION 0s", "ALTER RETENTION POLICY a ON b DURATION 0s" },
        {
            "ALTER RETENTION POLICY DEFAULT ON b DEFAULT REPLICATION 2 SHARD DURATION 1h DURATION 7d",
            "ALTER RETENTION POLICY \"default\" ON b DURATION 1w REPLICATION 2 SHARD DURATION 1h DEFAULT"
        },
        { "CREATE USER a WITH PASSWORD 'secret'", "CREATE USER a WITH PASSWORD [REDACTED]" },
        {
            "CREATE USER \"a b\" WITH PASSWORD 'secret' WITH ALL PRIVILEGES",
            "CREATE USER \"a b\" WITH PASSWORD [REDACTED] WITH ALL PRIVILEGES"
        },
        { "SET PASSWORD FOR x = 'secret'", "SET PASSWORD FOR x = [REDACTED]" },
        { "GRANT READ ON a TO b", "GRANT READ ON a TO b" },
        { "GRANT ALL PRIVILEGES ON a TO b", "GRANT ALL PRIVILEGES ON a TO b" },
        { "GRANT ALL TO b", "GRANT ALL PRIVILEGES TO b" },
        { "REVOKE WRITE ON a FROM b", "REVOKE WRITE ON a FROM b" },
        { "REVOKE ALL FROM b", "REVOKE ALL PRIVILEGES FROM b" },
        {
            "CREATE SUBSCRIPTION a ON b.c DESTINATIONS ANY 'udp://x:1', 'udp://y:2'",
            "CREATE SUBSCRIPTION a ON b.c DESTINATIONS ANY 'udp://x:1', 'udp://y:2'"
        },
        {
            "CREATE CONTINUOUS QUERY a ON b BEGIN SELECT mean(x) INTO y FROM z GROUP BY time(5m) END",
            "CREATE CONTINUOUS QUERY a ON b BEGIN SELECT mean(x) INTO y FROM z GROUP BY time(5m) END"
        },
        {
            "CREATE CONTINUOUS QUERY a ON b RESAMPLE EVERY 1m FOR 1h BEGIN SELECT mean(x) INTO y FROM z GROUP BY time(5m) END",
            "CREATE CONTINUOUS QUERY a ON b RESAMPLE EVERY 1m FOR 1h BEGIN SELECT mean(x) INTO y FROM z GROUP BY time(5m) END"
        },
        {
            "CREATE CONTINUOUS QUERY a ON b BEGIN SELECT x INTO y FROM z END",
            "CREATE CONTINUOUS QUERY a ON b BEGIN SELECT x INTO y FROM z END"
        },
        { "SHOW MEASUREMENTS", "SHOW MEASUREMENTS" },
        {
            "SHOW MEASUREMENTS ON a WITH MEASUREMENT =~ /b/ WHERE c = 'd' ORDER BY time LIMIT 1 OFFSET 2",
            "SHOW MEASUREMENTS ON a WITH MEASUREMENT =~ /b/ WHERE c = 'd' ORDER BY time ASC LIMIT 1 OFFSET 2"
        },
        { "SHOW MEASUREMENTS WITH MEASUREMENT = \"b c\"", "SHOW MEASUREMENTS WITH MEASUREMENT = \"b c\"" },
        { "SHOW SERIES ON a FROM b WHERE c = 'd' LIMIT 1", "SHOW SERIES ON a FROM b WHERE c = 'd' LIMIT 1" },
        { "SHOW SERIES CARDINALITY", "SHOW SERIES CARDINALITY" },
        {
            "SHOW SERIES EXACT CARDINALITY ON a FROM b WHERE c = 'd' GROUP BY e LIMIT 1 OFFSET 2",
            "SHOW SERIES EXACT CARDINALITY ON a FROM b WHERE c = 'd' GROUP BY e LIMIT 1 OFFSET 2"
        },
        { "SHOW MEASUREMENT CARDINALITY ON a", "SHOW MEASUREMENT CARDINALITY ON a" },
        { "SHOW MEASUREMENT EXACT CARDINALITY FROM a", "SHOW MEASUREMENT EXACT CARDINALITY FROM a" },
        {
            "SHOW TAG KEYS ON a FROM b, /c/ WHERE d = 'e' LIMIT 1 OFFSET 2 SLIMIT 3 SOFFSET 4",
            "SHOW TAG KEYS ON a FROM b, /c/ WHERE d = 'e' LIMIT 1 OFFSET 2 SLIMIT 3 SOFFSET 4"
        },
        { "SHOW TAG VALUES FROM a WITH KEY = host", "SHOW TAG VALUES FROM a WITH KEY = host" },
        { "SHOW TAG VALUES WITH KEY != \"x y\" WHERE a = 'b' LIMIT 1", "SHOW TAG VALUES WITH KEY != \"x y\" WHERE a = 'b' LIMIT 1" },
        { "SHOW TAG VALUES ON a WITH KEY IN (b, \"c d\", \"select\")", "SHOW TAG VALUES ON a WITH KEY IN (b, \"c d\", \"select\")" },
        { "SHOW TAG VALUES WITH KEY =~ /a/", "SHOW TAG VALUES WITH KEY =~ /a/" },
        { "SHOW TAG VALUES WITH KEY !~ /a/", "SHOW TAG VALUES WITH KEY !~ /a/" },
        { "SHOW FIELD KEYS ON a FROM b ORDER BY ASC LIMIT 1", "SHOW FIELD KEYS ON a FROM b ORDER BY ASC LIMIT 1" },
        { "SHOW FIELD KEY EXACT CARDINALITY FROM a", "SHOW FIELD KEY EXACT CARDINALITY FROM a" },
        { "SHOW RETENTION POLICIES ON a", "SHOW RETENTION POLICIES ON a" },
        { "SHOW GRANTS FOR a", "SHOW GRANTS FOR a" },
        { "SHOW STATS FOR 'x'", "SHOW STATS FOR 'x'" },
        { "SHOW STATS", "SHOW STATS" },
        { "SHOW DIAGNOSTICS FOR 'y'", "SHOW DIAGNOSTICS FOR 'y'" },
        { "SHOW SHARDS", "SHOW SHARDS" },
        { "SHOW SHARD GROUPS", "SHOW SHARD GROUPS" },
        { "SHOW SUBSCRIPTIONS", "SHOW SUBSCRIPTIONS" },
        { "SHOW USERS", "SHOW USERS" },
        { "SHOW CONTINUOUS QUERIES", "SHOW CONTINUOUS QUERIES" },
        { "SHOW QUERIES", "SHOW QUERIES" },
    };
}
