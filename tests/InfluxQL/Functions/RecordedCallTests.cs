using System.Globalization;
using System.Text.Json;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Functions;

public sealed class RecordedCallTests
{
    private const long Second = 1_000_000_000;

    public static TheoryData<string> Calls => new(RecordedCalls.Calls.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_gives_what_the_real_server_gives_however_its_points_are_cut_into_batches(string line)
    {
        var (order, rest) = (line[..2], line[3..]);
        var at = rest.IndexOf(" -> ", StringComparison.Ordinal);
        var call = Samples.Parse(rest[..at]);
        var field = call;
        while (field.Arguments[0] is Ast.Call inner)
        {
            field = inner;
        }

        var options = new StageOptions { Ascending = order[0] == 'a', Interval = order[1] == 'g' ? 20 * Second : 0 };
        var input = Samples.ColumnOf(((Ast.VarRef)field.Arguments[0]).Name);
        foreach (var seed in new[] { 1, 2 })
        {
            var points = Samples.Run(call, Samples.Times, [input], options, seed);
            Agree(
                rest[(at + 4)..],
                points is null ? [] : [.. Enumerable.Range(0, points.Count).Select(i => (points.Times.Span[i], points.Columns[0][i]))]
            );
        }
    }

    /// <summary>Floats agree to a few units in the last place, and those of a forecast, which is searched for, to ten digits.</summary>
    private static void Agree(string expected, List<(long Time, FieldValue Value)> found)
    {
        var wanted = expected.Length == 0 ? [] : expected.Split(", ");
        Assert.True(wanted.Length == found.Count, $"{expected}\n{string.Join(", ", found)}");
        for (var i = 0; i < wanted.Length; i++)
        {
            var parts = wanted[i].Split('=', 2);
            Assert.Equal(long.Parse(parts[0], CultureInfo.InvariantCulture), found[i].Time);
            var value = found[i].Value;
            var same = value.Type switch
            {
                FieldType.Float when parts[1] == "null" => double.IsNaN(value.Float),
                FieldType.Float => double.Parse(parts[1], CultureInfo.InvariantCulture) == value.Float,
                FieldType.String => JsonSerializer.Deserialize<string>(parts[1]) == value.Text,
                _ => parts[1] == value.ToString().TrimEnd('i'),
            };
            Assert.True(same, $"{i}: {parts[1]} is not {value}");
        }
    }
}
