using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Statements;

public sealed class EngineTests
{
    private const string Cpu = """
        cpu host=a,dc=x v=1 1
        cpu host=a,dc=x v=2 2
        cpu host=b v=3 1
        cpu _ v=4 1
        mem host=a m=1 1
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_error_ends_the_request_and_hides_behind_what_was_not_executed()
    {
        await using var cloud = await NewAsync();
        const string Query = "SHOW MEASUREMENTS; SELECT v FROM nix..m; SHOW MEASUREMENTS; SHOW MEASUREMENTS";

        const string Failed = """{"statement_id":1,"error":"not executed"}""";
        Assert.Equal($$"""{"results":[{"statement_id":0},{{Failed}}]}""", await cloud.AskAsync(Query));
        Assert.Equal(
            $$"""{"results":[{"statement_id":0},{"statement_id":1,"error":"database not found: nix"},{{Failed}},{{Failed}}]}""",
            await cloud.AskAsync(Query, request => request with { IsChunked = true })
        );
    }

    [Theory]
    [InlineData("SHOW MEASUREMENTS", "database name required")]
    [InlineData("SHOW SERIES", "database name required")]
    [InlineData("SHOW TAG KEYS", "database name required")]
    [InlineData("SHOW TAG VALUES FROM d..cpu WITH KEY = a", "database name required")]
    [InlineData("SHOW FIELD KEYS", "database name required")]
    [InlineData("SHOW RETENTION POLICIES", "database name required")]
    [InlineData("SHOW SERIES CARDINALITY", "database name required")]
    [InlineData("SHOW MEASUREMENT EXACT CARDINALITY", "database name required")]
    [InlineData("SELECT v FROM m", "database name required")]
    [InlineData("DELETE FROM m", "database not found: ")]
    [InlineData("DROP SERIES FROM m", "database not found: ")]
    [InlineData("DROP MEASUREMENT m", "database not found: ")]
    [InlineData("SHOW FIELD KEYS FROM d..cpu", null)]
    [InlineData("SHOW SERIES FROM d..cpu", null)]
    public async Task A_database_must_be_named(string query, string? error)
    {
        await using var cloud = await NewAsync();

        Assert.Equal(error, await cloud.ErrorAsync(query, request => request with { Database = "" }));
    }

    [Fact]
    public async Task Who_may_read_nothing_sees_no_databases()
    {
        await using var cloud = await NewAsync();

        Assert.Equal(
            """{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"]}]}]}""",
            await cloud.AskAsync("SHOW DATABASES", request => request with { Rights = QueryRights.None })
        );
    }

    [Fact]
    public async Task Databases_and_policies_are_made_shown_and_dropped()
    {
        await using var cloud = await NewAsync();
        await cloud.AskAsync(
            "CREATE DATABASE e WITH DURATION 30d NAME p; CREATE RETENTION POLICY q ON e DURATION INF REPLICATION 2 DEFAULT"
        );
        await cloud.AskAsync("ALTER RETENTION POLICY p ON e DURATION 2h SHARD DURATION 1m");

        Assert.Contains("[[\"iot\"],[\"d\"],[\"e\"]]", await cloud.AskAsync("SHOW DATABASES"));
        Assert.Equal(
            """{"results":[{"statement_id":0,"series":[{"columns":["name","duration","shardGroupDuration","replicaN","default"],"values":[["p","2h0m0s","1h0m0s",1,false],["q","0s","168h0m0s",2,true]]}]}]}""",
            await cloud.AskAsync("SHOW RETENTION POLICIES ON e")
        );
        await cloud.AskAsync("DROP RETENTION POLICY q ON e");
        Assert.Equal("default retention policy not set for: e", await cloud.ErrorAsync("SELECT v FROM e..m"));
        await cloud.AskAsync("DROP DATABASE e; DROP DATABASE e");
        Assert.Equal("database not found: e", await cloud.ErrorAsync("SHOW RETENTION POLICIES ON e"));
        Assert.Equal("invalid name", await cloud.ErrorAsync("CREATE DATABASE \"a/b\""));
    }

    [Theory]
    [InlineData("CREATE DATABASE e WITH DURATION 3d", "CREATE DATABASE e WITH DURATION 72h0m0s")]
    [InlineData("DROP SERIES FROM nix", "DROP SERIES FROM nix")]
    [InlineData("SELECT v INTO x FROM nix", "SELECT v INTO d.autogen.x FROM d.autogen.nix")]
    [InlineData("DELETE FROM nix", null)]
    [InlineData("SHOW DATABASES", null)]
    public async Task What_changes_something_in_a_GET_is_warned_of(string query, string? statement)
    {
        await using var cloud = await NewAsync();
        var answer = await cloud.AskAsync(query, request => request with { IsReadOnly = true });

        Assert.Equal(statement is not null, answer.Contains("messages"));
        Assert.Contains(
            statement is null ? "" : $"deprecated use of '{statement}' in a read only context, please use a POST request instead",
            answer
        );
    }

    [Theory]
    [InlineData("SELECT v FROM m", QueryRights.None, "ann not authorized to execute statement 'SELECT v FROM m', requires READ on d")]
    [InlineData("SELECT v FROM x..m", QueryRights.None, "ann not authorized to execute statement 'SELECT v FROM x..m', requires READ on x")]
    [InlineData(
        "SELECT v INTO x..n FROM m",
        QueryRights.Read,
        "ann not authorized to execute statement 'SELECT v INTO x..n FROM m', requires WRITE on x"
    )]
    [InlineData("DELETE FROM m", QueryRights.Read, "ann not authorized to execute statement 'DELETE FROM m', requires WRITE on d")]
    [InlineData("CREATE DATABASE x", QueryRights.Read, "ann not authorized to execute statement 'CREATE DATABASE x', requires WRITE on x")]
    [InlineData(
        "DROP DATABASE x",
        QueryRights.Read | QueryRights.Write,
        "ann not authorized to execute statement 'DROP DATABASE x', requires admin privilege"
    )]
    [InlineData("KILL QUERY 1", QueryRights.Read, "ann not authorized to execute statement 'KILL QUERY 1', requires admin privilege")]
    public async Task What_is_not_permitted_is_refused_before_anything_runs(string query, QueryRights rights, string error)
    {
        await using var cloud = await NewAsync();
        var refused = await Assert.ThrowsAsync<QueryForbiddenException>(() =>
            cloud.AskAsync($"SHOW DATABASES; {query}", request => request with { Rights = rights })
        );

        Assert.Equal(error, refused.Message);
    }

    [Theory]
    [InlineData("DELETE FROM cpu WHERE host = 'a'", "cpu v=4 1|cpu,host=b v=3 1|mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu WHERE host != 'a'", "cpu,dc=x,host=a v=1 1|cpu,dc=x,host=a v=2 2|mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu WHERE dc = ''", "cpu,dc=x,host=a v=1 1|cpu,dc=x,host=a v=2 2|mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu WHERE host = ''", "cpu,dc=x,host=a v=1 1|cpu,dc=x,host=a v=2 2|cpu,host=b v=3 1|mem,host=a m=1 1")]
    [InlineData("DELETE FROM /c/ WHERE host =~ /a/", "cpu v=4 1|cpu,host=b v=3 1|mem,host=a m=1 1")]
    [InlineData("DELETE WHERE host = 'a'", "cpu v=4 1|cpu,host=b v=3 1")]
    [InlineData("DELETE WHERE time <= 1s", "cpu,dc=x,host=a v=2 2")]
    [InlineData("DELETE FROM cpu WHERE time = 1s AND host='a'", "cpu v=4 1|cpu,dc=x,host=a v=2 2|cpu,host=b v=3 1|mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu WHERE time < now()", "mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu", "mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu WHERE nix != 'a'", "mem,host=a m=1 1")]
    [InlineData("DELETE FROM cpu WHERE host = dc", "cpu v=4 1|cpu,host=b v=3 1|mem,host=a m=1 1")]
    [InlineData("DROP SERIES FROM cpu, mem WHERE host =~ /a|c/", "cpu v=4 1|cpu,host=b v=3 1")]
    [InlineData("DROP SERIES WHERE host = 'b' OR dc = 'x'", "cpu v=4 1|mem,host=a m=1 1")]
    [InlineData("DROP MEASUREMENT cpu", "mem,host=a m=1 1")]
    public async Task Only_what_is_asked_for_is_deleted(string query, string left)
    {
        await using var cloud = await NewAsync();
        await cloud.WriteAsync("d", Cpu);
        Assert.Null(await cloud.ErrorAsync(query));

        Assert.Equal(left.Split('|'), (await cloud.PointsAsync("d")).Split('\n'));
    }

    [Theory]
    [InlineData("DELETE FROM cpu WHERE v = 1", "fields not supported in WHERE clause during deletion")]
    [InlineData("DELETE FROM cpu WHERE host = 1", "fields not supported in WHERE clause during deletion")]
    [InlineData("DELETE WHERE host = 'a' OR m = 1", "fields not supported in WHERE clause during deletion")]
    [InlineData("DELETE FROM cpu WHERE host > 'a'", "invalid tag comparison operator")]
    [InlineData("DELETE FROM cpu WHERE host", "invalid condition expression: host")]
    [InlineData("DELETE FROM cpu WHERE time > 'xx'", "invalid operation: time and *influxql.StringLiteral are not compatible")]
    [InlineData("DROP SERIES FROM cpu WHERE time > 0", "DROP SERIES doesn't support time in WHERE clause")]
    public async Task A_deletion_by_anything_but_tags_and_time_deletes_nothing(string query, string error)
    {
        await using var cloud = await NewAsync();
        await cloud.WriteAsync("d", Cpu);
        Assert.Equal(error, await cloud.ErrorAsync(query));

        Assert.Equal(Cpu.Split('\n').Length, (await cloud.PointsAsync("d")).Split('\n').Length);
    }

    [Fact]
    public async Task Rows_written_INTO_a_measurement_are_points_with_the_groups_tags()
    {
        await using var cloud = await NewAsync();
        await cloud.WriteAsync("d", Cpu);
        cloud.Select = async (plan, sink, cancellation) =>
        {
            var tags = GroupTags.Of(["dc", "host"], Domain.Series.TagSet.Of("host", "a"));
            await sink.SeriesAsync(new SeriesHeader("cpu", tags, plan.Columns, true), cancellation);
            var values = Column.Of(new[] { 1.0, 0, 3 }, new[] { false, true, false });
            await sink.RowsAsync(new RowBlock(3, new[] { 1_000_000_000L, 2, 3_000_000_000 }, [values]), cancellation);
        };
        Assert.Equal(
            """{"results":[{"statement_id":0,"series":[{"name":"result","columns":["time","written"],"values":[[0,2]]}]}]}""",
            await cloud.AskAsync("SELECT v INTO copy FROM cpu GROUP BY *")
        );
        await cloud.AskAsync("SELECT v INTO iot..:MEASUREMENT FROM cpu");

        Assert.Contains("copy,host=a v=1 1\ncopy,host=a v=3 3\n", await cloud.PointsAsync("d"));
        Assert.Equal("cpu,host=a v=1 1\ncpu,host=a v=3 3", await cloud.PointsAsync("iot"));
        Assert.Equal("retention policy not found: nix", await cloud.ErrorAsync("SELECT v INTO d.nix.x FROM cpu"));
        Assert.Equal(
            "partial write: field type conflict: input field \"m\" on measurement \"typed\" is type float, already exists as type integer dropped=2",
            await TypedAsync(cloud)
        );
    }

    [Fact]
    public async Task Rows_that_cannot_be_written_do_not_take_the_others_with_them()
    {
        await using var cloud = await NewAsync();
        await cloud.WriteAsync(
            "d",
            "typed _ v=\"x\" 9\nsource host=a v=1,w=1 1\nsource host=b w=2 2\nsource host=c v=3 3\nsource host=d w=4 4"
        );

        Assert.Equal(
            "partial write: field type conflict: input field \"v\" on measurement \"typed\" is type float, already exists as type string dropped=2",
            await cloud.ErrorAsync("SELECT * INTO typed FROM source GROUP BY *")
        );
        Assert.Contains("typed v=x 9\ntyped,host=b w=2 2\ntyped,host=d w=4 4", await cloud.PointsAsync("d"));
    }

    [Fact]
    public async Task What_is_older_than_the_target_takes_is_dropped_with_an_error()
    {
        await using var cloud = await NewAsync();
        await cloud.AskAsync("CREATE DATABASE short WITH DURATION 1h");
        cloud.Select = async (plan, sink, cancellation) =>
        {
            await sink.SeriesAsync(new SeriesHeader("cpu", null, plan.Columns, true), cancellation);
            await sink.RowsAsync(new RowBlock(1, new[] { 1_000_000_000L }, [Column.Of(new[] { 1.0 })]), cancellation);
        };

        Assert.Equal("partial write: points beyond retention policy dropped=1", await cloud.ErrorAsync("SELECT v INTO short..x FROM cpu"));
        Assert.Equal("", await cloud.PointsAsync("short"));
    }

    [Fact]
    public async Task Running_requests_are_shown_limited_and_killed()
    {
        await using var cloud = await NewAsync();
        var started = new TaskCompletionSource();
        cloud.Select = async (_, _, cancellation) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        };
        var running = cloud.ErrorAsync("SELECT v FROM cpu");
        await started.Task;
        cloud.Time.Advance(TimeSpan.FromMilliseconds(1500));

        Assert.Contains(
            "[1,\"SELECT v FROM cpu\",\"d\",\"1s\",\"running\"],[2,\"SHOW QUERIES\",\"d\",\"0s\",\"running\"]",
            await cloud.AskAsync("SHOW QUERIES")
        );
        Assert.DoesNotContain("SELECT", await cloud.AskAsync("SHOW QUERIES", tenant: "t2"));
        Assert.Equal("no such query id: 1", await KillFromAnotherTenantAsync(cloud));
        Assert.Equal(
            "max-concurrent-queries limit exceeded(1, 1)",
            await cloud.ErrorAsync("SHOW DATABASES", request => request with { MaxConcurrent = 1 })
        );
        Assert.Null(await cloud.ErrorAsync("KILL QUERY 1"));
        Assert.Equal("query interrupted", await running);
        Assert.Equal("no such query id: 1", await cloud.ErrorAsync("KILL QUERY 1"));
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_stopped()
    {
        await using var cloud = await NewAsync();
        cloud.Select = (_, _, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        var running = cloud.ErrorAsync("SELECT v FROM cpu", request => request with { Timeout = TimeSpan.FromSeconds(2) });
        await cloud.Time.TimerSetAsync();
        cloud.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("query-timeout limit exceeded", await running);
    }

    [Theory]
    [InlineData("SELECT * FROM /.*/")]
    [InlineData("SELECT v INTO d..own FROM d..cpu")]
    [InlineData("EXPLAIN SELECT v FROM cpu")]
    [InlineData("SHOW DATABASES")]
    [InlineData("SHOW MEASUREMENTS")]
    [InlineData("SHOW SERIES")]
    [InlineData("SHOW TAG KEYS")]
    [InlineData("SHOW TAG VALUES WITH KEY =~ /.*/")]
    [InlineData("SHOW FIELD KEYS")]
    [InlineData("SHOW RETENTION POLICIES")]
    [InlineData("SHOW SERIES CARDINALITY")]
    [InlineData("SHOW SERIES EXACT CARDINALITY")]
    [InlineData("SHOW MEASUREMENT CARDINALITY")]
    [InlineData("SHOW MEASUREMENT EXACT CARDINALITY")]
    [InlineData("SHOW TAG KEY CARDINALITY")]
    [InlineData("SHOW TAG VALUES CARDINALITY WITH KEY = host")]
    [InlineData("SHOW FIELD KEY CARDINALITY")]
    [InlineData("SHOW QUERIES")]
    [InlineData("SHOW USERS")]
    [InlineData("SHOW GRANTS FOR ann")]
    [InlineData("SHOW CONTINUOUS QUERIES")]
    [InlineData("SHOW SUBSCRIPTIONS")]
    [InlineData("SHOW SHARDS")]
    [InlineData("SHOW SHARD GROUPS")]
    [InlineData("SHOW STATS")]
    [InlineData("SHOW DIAGNOSTICS")]
    [InlineData("DELETE FROM /.*/")]
    [InlineData("DROP SERIES FROM /.*/")]
    [InlineData("DROP MEASUREMENT cpu")]
    [InlineData("CREATE RETENTION POLICY mine ON d DURATION 1h REPLICATION 1")]
    [InlineData("ALTER RETENTION POLICY autogen ON d DURATION 1h")]
    [InlineData("DROP RETENTION POLICY autogen ON d")]
    [InlineData("DROP DATABASE d")]
    [InlineData("KILL QUERY 1")]
    public async Task No_statement_sees_or_changes_another_tenants_data(string query)
    {
        await using var cloud = await NewAsync();
        await cloud.WriteAsync("d", Cpu);
        await cloud.WriteAsync("iot", "secret uuid=u v=1 1");
        var before = (await cloud.PointsAsync("d"), await cloud.PointsAsync("iot"), await cloud.AskAsync("SHOW RETENTION POLICIES"));
        cloud.Select = (plan, _, _) =>
        {
            Assert.Empty(plan.Sources);
            return Task.CompletedTask;
        };
        foreach (var database in new[] { "d", "iot" })
        {
            var answer = await cloud.AskAsync(query, request => request with { Database = database }, "t2");
            Assert.DoesNotContain("cpu\"", answer);
            Assert.DoesNotContain("secret", answer);
            Assert.DoesNotContain("[\"d\"]", answer);
        }

        Assert.Equal(
            before,
            (await cloud.PointsAsync("d"), await cloud.PointsAsync("iot"), await cloud.AskAsync("SHOW RETENTION POLICIES"))
        );
    }

    private static async Task<string?> TypedAsync(StatementCloud cloud)
    {
        await cloud.WriteAsync("d", "typed _ m=1i 1");
        return await cloud.ErrorAsync("SELECT m INTO typed FROM mem");
    }

    private static async Task<string?> KillFromAnotherTenantAsync(StatementCloud cloud)
    {
        // The killer's own request would have the id 1 in a tenant that has asked nothing yet.
        await cloud.AskAsync("SHOW QUERIES", tenant: "t2");
        return await cloud.ErrorAsync("KILL QUERY 1", tenant: "t2");
    }

    private static async Task<StatementCloud> NewAsync()
    {
        var cloud = new StatementCloud();
        await cloud.Databases.CreateAsync("t1", "d", null, Cancellation);
        return cloud;
    }
}
