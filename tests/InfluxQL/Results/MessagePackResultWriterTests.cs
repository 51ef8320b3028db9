using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Results;

/// <summary>The bytes are the real server's.</summary>
public sealed class MessagePackResultWriterTests
{
    private static readonly ResultOptions MessagePack = new() { Format = ResultFormat.MessagePack };

    [Fact]
    public async Task A_value_of_each_type_and_none()
    {
        var answer = await new Answer(MessagePack).Begin(0);
        await answer.Series("m", null, "time", "b", "d", "h", "i", "s", "v");
        await answer.Rows(
            [-1, 1_000_000_000],
            Column.Of(new[] { false, true }, new[] { true, false }),
            Column.Of(new[] { "", "x" }, new[] { true, false }),
            Column.Of(new[] { "c", "a" }),
            Column.Of(new[] { -5L, 3 }),
            Column.Of(new[] { "", "a" }, new[] { true, false }),
            Column.Of(new[] { 0, 1.0 }, new[] { true, false })
        );
        await answer.End();

        Assert.Equal(
            "81A7726573756C74739182AC73746174656D656E745F696400A67365726965739183A46E616D65A16DA7636F6C756D6E7397"
                + "A474696D65A162A164A168A169A173A176A676616C75657392"
                + "97C70C05FFFFFFFFFFFFFFFF3B9AC9FFC0C0A163FBC0C0"
                + "97C70C05000000000000000100000000C3A178A16103A161CB3FF0000000000000",
            Convert.ToHexString(await answer.Bytes())
        );
    }

    [Fact]
    public async Task Integers_are_signed()
    {
        var answer = await new Answer(MessagePack with { EpochUnit = 1 }).Begin(0);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([2123456789, 3000000100, 200, -33, -129], Column.Of(new[] { 127L, 128, 40_000, -32, -40_000 }));
        await answer.End();

        Assert.EndsWith(
            "95" + "92D27E9161157F" + "92D300000000B2D05E64D10080" + "92D100C8D200009C40" + "92D0DFE0" + "92D1FF7FD2FFFF63C0",
            Convert.ToHexString(await answer.Bytes()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_error_is_all_that_its_statement_has()
    {
        var answer = await new Answer(MessagePack).Begin(0);
        await answer.End();
        await answer.Begin(1);
        await answer.Series("m", null, "time", "v");
        await answer.Rows([1], Column.Of(new[] { 1L }));
        await answer.End("undefined function bad()");

        Assert.Equal(
            "81A7726573756C74739282AC73746174656D656E745F696400A67365726965739081A56572726F72B8"
                + Convert.ToHexString("undefined function bad()"u8),
            Convert.ToHexString(await answer.Bytes())
        );
    }

    [Fact]
    public async Task Chunks_follow_one_another()
    {
        var answer = await new Answer(MessagePack with { ChunkSize = 1 }).Begin(0);
        await answer.Series("m", Answer.Tags(("h", "a")), "time", "v");
        await answer.Rows([1_000_000_000, 1_500_000_000], Column.Of(new[] { 1.0, 1e21 }));
        await answer.End();

        Assert.Equal(
            "81A7726573756C74739183AC73746174656D656E745F696400A67365726965739185A46E616D65A16DA47461677381A168A161A7636F6C756D6E7392"
                + "A474696D65A176A676616C7565739192C70C05000000000000000100000000CB3FF0000000000000A77061727469616CC3A77061727469616CC3"
                + "81A7726573756C74739182AC73746174656D656E745F696400A67365726965739184A46E616D65A16DA47461677381A168A161A7636F6C756D6E7392"
                + "A474696D65A176A676616C7565739192C70C0500000000000000011DCD6500CB444B1AE4D6E2EF50",
            Convert.ToHexString(await answer.Bytes())
        );
    }
}
