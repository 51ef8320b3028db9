using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Results;

/// <summary>The texts are the real server's.</summary>
public sealed class CsvResultWriterTests
{
    private static readonly ResultOptions Csv = new() { Format = ResultFormat.Csv };

    [Fact]
    public async Task A_head_for_each_statement_and_times_in_nanoseconds()
    {
        var answer = await new Answer(Csv).Begin(0);
        await answer.Series("m", Answer.Tags(("h", "b")), "time", "v", "s", "b");
        await answer.Rows([2123456789], Column.Of(new[] { 1e-7 }), Column.Of(new[] { "z" }), Column.Of(new bool[1], new[] { true }));
        await answer.Series("m", Answer.Tags(("d", "x"), ("h", "a")), "time", "v", "s", "b");
        await answer.Rows(
            [1000000000, 1500000000],
            Column.Of(new[] { 1, 1e21 }),
            Column.Of(new[] { "a<b>&\"q\\ é\t", "" }),
            Column.Of(new[] { true, false })
        );
        await answer.End();
        await answer.Begin(1);
        await answer.Series("databases", null, "name");
        await answer.Rows([], Column.Of(new[] { "t" }));
        await answer.End();

        Assert.Equal(
            """"
            name,tags,time,v,s,b
            m,h=b,2123456789,0.0000001,z,
            m,"d=x,h=a",1000000000,1,"a<b>&""q\ é	",true
            m,"d=x,h=a",1500000000,1000000000000000000000,,false

            name,tags,name
            databases,,t

            """",
            await answer.Text()
        );
    }

    [Fact]
    public async Task Other_columns_have_a_head_of_their_own()
    {
        var answer = await new Answer(Csv).Begin(0);
        await answer.Series("a", Answer.Tags(("h", "")), "time", "v");
        await answer.Rows([1], Column.Of(new[] { double.NaN }));
        await answer.Series(" b", Answer.Tags(("k x", "1,2")), "time", "w");
        await answer.Rows([1], Column.Of(new[] { -2L }));
        await answer.End();

        Assert.Equal(
            """
            name,tags,time,v
            a,,1,

            name,tags,time,w
            " b","k\ x=1\,2",1,-2

            """,
            await answer.Text()
        );
    }

    [Fact]
    public async Task Statements_that_fail_leave_nothing()
    {
        var answer = await new Answer(Csv with { EpochUnit = 1_000_000 }).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([1], Column.Of(new[] { 1.0 }));
        await answer.End("bad");
        await answer.Begin(1);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([5_000_000], Column.Of(new[] { 1.0 }));
        await answer.End();

        Assert.Equal("name,tags,time,v\nm,,5,1\n", await answer.Text());
    }

    [Fact]
    public async Task Rows_beyond_the_most_are_cut_off()
    {
        var answer = await new Answer(Csv with { MaxRows = 1 }).Begin(0);
        await answer.Series("m", null, "time", "v");

        await Assert.ThrowsAsync<ResultsFullException>(() => answer.Rows([1, 2], Column.Of(new[] { 1.0, 2 })));
        Assert.Equal("name,tags,time,v\nm,,1,1\n", await answer.Text());
    }
}
