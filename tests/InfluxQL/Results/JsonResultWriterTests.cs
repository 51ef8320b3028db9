using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Results;

/// <summary>The texts are the real server's.</summary>
public sealed class JsonResultWriterTests
{
    private static readonly ResultOptions Plain = new();

    [Fact]
    public async Task A_value_of_each_type_and_none()
    {
        var answer = await new Answer(Plain).Begin(0);
        await answer.Series("m", null, "time", "b", "i", "s", "v");
        await answer.Rows(
            [-1, 1_000_000_000],
            Column.Of(new[] { false, true }, new[] { true, false }),
            Column.Of(new[] { -5L, 3 }),
            Column.Of(new[] { "", "a<b>&\"q\\ é\t\u0001 \u2028 \u007f\r\n" }, new[] { true, false }),
            Column.Of(new[] { double.NaN, 1e21 })
        );
        await answer.End();

        Assert.Equal(
            """{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","b","i","s","v"],"values":["""
                + """["1969-12-31T23:59:59.999999999Z",null,-5,null,null],"""
                + """["1970-01-01T00:00:01Z",true,3,"a\u003cb\u003e\u0026\"q\\ é\t\u0001 \u2028 """
                + "\u007f"
                + """\r\n",1e+21]]}]}]}"""
                + "\n",
            await answer.Text()
        );
    }

    [Fact]
    public async Task Statements_without_series_and_series_without_rows()
    {
        var answer = await new Answer(Plain).Begin(0);
        await answer.End();
        await answer.Begin(1);
        await answer.Series("databases", null, "name");
        await answer.End();

        Assert.Equal(
            """{"results":[{"statement_id":0},{"statement_id":1,"series":[{"name":"databases","columns":["name"]}]}]}""" + "\n",
            await answer.Text()
        );
    }

    [Fact]
    public async Task No_statement_at_all() => Assert.Equal("{}\n", await new Answer(Plain).Text());

    [Fact]
    public async Task Pretty_is_indented_by_four()
    {
        var answer = await new Answer(new ResultOptions { IsPretty = true }).Begin(0, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        await answer.Series("m", Answer.Tags(("h", "a")), "time", "v");
        await answer.Rows([1_000_000_000], Column.Of(new[] { 1.0 }));
        await answer.End();

        Assert.Equal(
            """
            {
                "results": [
                    {
                        "statement_id": 0,
                        "series": [
                            {
                                "name": "m",
                                "tags": {
                                    "h": "a"
                                },
                                "columns": [
                                    "time",
                                    "v"
                                ],
                                "values": [
                                    [
                                        "1970-01-01T01:00:01+01:00",
                                        1
                                    ]
                                ]
                            }
                        ]
                    }
                ]
            }

            """,
            await answer.Text()
        );
    }

    [Fact]
    public async Task A_warning_stands_behind_the_series()
    {
        var answer = await new Answer(Plain).Begin(0);
        answer.Warn("deprecated use of 'x'");
        await answer.Series("result", null, "time", "written");
        await answer.Rows([0], Column.Of(new[] { 7L }));
        await answer.End();

        Assert.Equal(
            """{"results":[{"statement_id":0,"series":[{"name":"result","columns":["time","written"],"values":[["1970-01-01T00:00:00Z",7]]}],"""
                + "\""
                + """messages":[{"level":"warning","text":"deprecated use of 'x'"}]}]}"""
                + "\n",
            await answer.Text()
        );
    }

    [Fact]
    public async Task An_error_replaces_what_the_statement_gave()
    {
        var answer = await new Answer(Plain).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([1], Column.Of(new[] { 1.0 }));
        await answer.End("undefined function bad()");
        await answer.Begin(1);
        await answer.End("not executed");

        Assert.Equal(
            """{"results":[{"statement_id":0,"error":"undefined function bad()"},{"statement_id":1,"error":"not executed"}]}""" + "\n",
            await answer.Text()
        );
    }

    [Fact]
    public async Task An_error_after_rows_that_were_sent_stands_behind_them()
    {
        var answer = await new Answer(Plain).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([.. Enumerable.Range(0, 9000).Select(i => (long)i)], Column.Of(new double[9000]));
        await answer.End("query interrupted");

        var text = await answer.Text();

        Assert.EndsWith(",0]],\"partial\":true}],\"error\":\"query interrupted\"}]}\n", text, StringComparison.Ordinal);
        Assert.StartsWith(
            """{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","v"],"values":[["1970""",
            text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(10_001, true)]
    public async Task A_series_over_ten_thousand_rows_says_partial_although_it_is_whole(int count, bool partial)
    {
        var answer = await new Answer(new ResultOptions { EpochUnit = 1 }).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([.. Enumerable.Range(0, count).Select(i => (long)i)], Column.Of(new long[count]));
        await answer.Series("n", null, "time", "v");
        await answer.Rows([1], Column.Of(new[] { 1L }));
        await answer.End();

        var text = await answer.Text();

        Assert.Equal(partial, text.Contains("""]],"partial":true},{"name":"n",""", StringComparison.Ordinal));
        Assert.EndsWith("""[[1,1]]}]}]}""" + "\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_are_lines_that_say_what_follows()
    {
        var answer = await new Answer(new ResultOptions { EpochUnit = 1, ChunkSize = 2 }).Begin(0);
        await answer.Series("m", Answer.Tags(("h", "b")), "time", "v");
        await answer.Rows([1, 2], Column.Of(new[] { 1L, 2 }));
        await answer.Series("m", Answer.Tags(("h", "c")), "time", "v");
        await answer.Rows([3, 4, 5], Column.Of(new[] { 3L, 4, 5 }));
        await answer.End();
        await answer.Begin(1);
        await answer.Series("a", null, "name");
        await answer.Rows([], Column.Of(new[] { "x", "y", "z" }));
        await answer.Series("b", null, "name");
        await answer.Rows([], Column.Of(new[] { "x" }));
        await answer.End();
        await answer.Begin(2);
        await answer.End();
        await answer.Begin(3);
        await answer.End("undefined function bad()");

        Assert.Equal(
            """
            {"results":[{"statement_id":0,"series":[{"name":"m","tags":{"h":"b"},"columns":["time","v"],"values":[[1,1],[2,2]]}],"partial":true}]}
            {"results":[{"statement_id":0,"series":[{"name":"m","tags":{"h":"c"},"columns":["time","v"],"values":[[3,3],[4,4]],"partial":true}],"partial":true}]}
            {"results":[{"statement_id":0,"series":[{"name":"m","tags":{"h":"c"},"columns":["time","v"],"values":[[5,5]]}]}]}
            {"results":[{"statement_id":1,"series":[{"name":"a","columns":["name"],"values":[["x"],["y"],["z"]]},{"name":"b","columns":["name"],"values":[["x"]]}]}]}
            {"results":[{"statement_id":2}]}
            {"results":[{"statement_id":3,"error":"undefined function bad()"}]}

            """,
            await answer.Text()
        );
    }

    [Fact]
    public async Task An_error_in_chunks_is_a_line_of_its_own()
    {
        var answer = await new Answer(new ResultOptions { EpochUnit = 1, ChunkSize = 2 }).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([1], Column.Of(new[] { 1L }));
        await answer.End("query interrupted");

        Assert.Equal(
            """
            {"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","v"],"values":[[1,1]]}],"partial":true}]}
            {"results":[{"statement_id":0,"error":"query interrupted"}]}

            """,
            await answer.Text()
        );
    }

    [Fact]
    public async Task Series_that_a_show_statement_selects_are_cut_into_chunks()
    {
        var answer = await new Answer(new ResultOptions { ChunkSize = 1 }).Begin(0);
        await answer.Series(new SeriesHeader(null, null, ["key"], false) { IsChunked = true });
        await answer.Rows([], Column.Of(new[] { "m,h=b", "m,h=c" }));
        await answer.End();

        Assert.Equal(
            """
            {"results":[{"statement_id":0,"series":[{"columns":["key"],"values":[["m,h=b"]],"partial":true}],"partial":true}]}
            {"results":[{"statement_id":0,"series":[{"columns":["key"],"values":[["m,h=c"]]}]}]}

            """,
            await answer.Text()
        );
    }

    [Theory]
    [InlineData(4, """[[1,1],[2,2],[3,3]]},{"name":"n","columns":["time","v"],"values":[[1,1]],"partial":true}]}]}""")]
    [InlineData(3, """[[1,1],[2,2],[3,3]]}]}]}""")]
    [InlineData(2, """[[1,1],[2,2]],"partial":true}]}]}""")]
    public async Task Rows_beyond_the_most_are_cut_off_and_the_query_is_told_to_end(int most, string end)
    {
        var answer = await new Answer(new ResultOptions { EpochUnit = 1, MaxRows = most }).Begin(0);

        await Assert.ThrowsAsync<ResultsFullException>(async () =>
        {
            await answer.Series("m", null, "time", "v");
            await answer.Rows([1, 2, 3], Column.Of(new[] { 1L, 2, 3 }));
            await answer.Series("n", null, "time", "v");
            await answer.Rows([1, 2], Column.Of(new[] { 1L, 2 }));
        });

        Assert.EndsWith(end + "\n", await answer.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_after_the_last_row_that_may_be_is_not_begun()
    {
        var answer = await new Answer(new ResultOptions { EpochUnit = 1, MaxRows = 1 }).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([1], Column.Of(new[] { 1L }));
        await answer.End();

        await Assert.ThrowsAsync<ResultsFullException>(() => answer.Begin(1));
        Assert.EndsWith("""[[1,1]]}]}]}""" + "\n", await answer.Text(), StringComparison.Ordinal);
    }
}
