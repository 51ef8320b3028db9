using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Tests.Planning;

public sealed class SelectPlanTests
{
    [Theory]
    [InlineData("v, i, s, b, host", "Float Integer String Boolean String")]
    [InlineData("i + 1, i / 2, i * 1.5, i % 2, i & 1, b & b", "Integer Float Float Integer Integer Boolean")]
    [InlineData("v, nofield, nofield + v", "Float - -")]
    [InlineData("abs(i), sqrt(i), floor(v), abs(s), pow(i, 2)", "Integer Float Float - Float")]
    [InlineData("v::integer, i::float, v::string", "Integer Float String")]
    [InlineData(
        "mean(i), sum(i), max(v), count(s), spread(i), mode(s), mean(v) / max(i)",
        "Float Integer Float Integer Integer String Float"
    )]
    [InlineData("elapsed(v), derivative(i), difference(i), cumulative_sum(i), moving_average(i, 2)", "Integer Float Integer Integer Float")]
    [InlineData("median(i), stddev(i), integral(i), first(b)", "Float Float Float Boolean")]
    public async Task Fields_have_the_types_of_what_comes_out(string fields, string types)
    {
        var plan = await MemorySources.PlanAsync($"SELECT {fields} FROM m");
        Assert.Equal(types, string.Join(' ', plan.Fields.Select(field => field.Type?.ToString() ?? "-")));
    }

    [Fact]
    public async Task Equal_calls_and_names_share_a_slot()
    {
        var plan = await MemorySources.PlanAsync("SELECT max(v) + max(i), -max(v), sqrt(max(i)) FROM m");
        Assert.Equal(["val0=max(v::float)", "val1=max(i::integer)"], plan.Calls.Select(call => $"{call.Slot}={call.Call}"));
        Assert.Equal(
            ["val0::float + val1::integer", "-1 * val0::float", "sqrt(val1::integer)"],
            plan.Fields.Select(field => field.Expr.ToString())
        );
        Assert.Empty(plan.Refs);
    }

    [Fact]
    public async Task Names_are_in_order_of_name_and_type()
    {
        var plan = await MemorySources.PlanAsync("SELECT v, i, v::tag, i + v FROM m");
        Assert.Equal(["i::integer", "v::float", "v::tag"], plan.Refs.Select(reference => reference.Ref.ToString()));
        Assert.Equal(["val1", "val0", "val2"], plan.Refs.Select(reference => reference.Slot));
    }

    [Theory]
    [InlineData("max(v)", true)]
    [InlineData("max(v), max(v) + 1", true)]
    [InlineData("top(v, 2)", true)]
    [InlineData("mean(v)", false)]
    [InlineData("max(v), min(v)", false)]
    [InlineData("v", false)]
    public async Task One_selector_makes_a_selector(string fields, bool isSelector) =>
        Assert.Equal(isSelector, (await MemorySources.PlanAsync($"SELECT {fields} FROM m")).IsSelector);

    [Fact]
    public async Task Top_has_columns_for_its_tags_unless_it_is_written()
    {
        Assert.Equal(["time", "top", "host"], (await MemorySources.PlanAsync("SELECT top(v, host, 1) FROM m")).Columns);
        var written = await MemorySources.PlanAsync("SELECT top(v, host, 1) INTO db.rp.x FROM m");
        Assert.Equal(["time", "top"], written.Columns);
        Assert.Equal(new Target("db", "rp", "x"), written.Target);
    }

    [Fact]
    public async Task Sources_are_in_the_order_of_the_statement()
    {
        var plan = await MemorySources.PlanAsync("SELECT v FROM /^[no]$/, (SELECT v FROM m WHERE time > 5), m GROUP BY rack, host, rack");
        Assert.Equal(["n", "o", "(5 < time)", "m"], plan.Sources.Select(NameOf));
        Assert.Equal(["host", "rack"], plan.Options.Dimensions);
        Assert.Equal(["host", "rack"], plan.Options.GroupBy);
    }

    [Theory]
    [InlineData("SELECT x FROM (SELECT i / (i + 1) AS x FROM m)", DataType.Integer)]
    [InlineData("SELECT x FROM (SELECT mean(i) AS x FROM m)", DataType.Float)]
    [InlineData("SELECT x FROM (SELECT s AS x FROM m), (SELECT i AS x FROM m)", DataType.Integer)]
    [InlineData("SELECT host FROM (SELECT v FROM m GROUP BY host)", DataType.Tag)]
    [InlineData("SELECT host FROM (SELECT v FROM m)", DataType.Unknown)]
    public async Task Names_of_an_inner_select_have_the_types_that_the_real_server_assumes(string query, DataType type) =>
        Assert.Equal(type, Assert.Single((await MemorySources.PlanAsync(query)).Refs).Ref.Type);

    [Fact]
    public async Task Inner_columns_are_found_by_their_names_without_numbers()
    {
        var plan = await MemorySources.PlanAsync("SELECT max FROM (SELECT max(v), max(i), min(i) AS low FROM m)");
        var inner = Assert.IsType<SubQuerySource>(Assert.Single(plan.Sources)).Plan;
        Assert.Equal(["max", "max_1", "low"], inner.Fields.Select(field => field.Name));
        Assert.Equal(["max", "max", "low"], inner.Fields.Select(field => field.OuterName));
    }

    [Theory]
    [InlineData("SELECT max(nofield) FROM m", null)]
    [InlineData("SELECT count(nofield) FROM m", FieldType.Integer)]
    [InlineData("SELECT median(nofield) FROM m", FieldType.Float)]
    public async Task A_call_of_a_field_that_no_source_has_is_of_a_type_only_where_all_calls_of_the_function_are(
        string query,
        FieldType? type
    ) => Assert.Equal(type, Assert.Single((await MemorySources.PlanAsync(query)).Calls).Type);

    private static string NameOf(PlannedSource source) =>
        source switch
        {
            MeasurementSource measurement => measurement.Name,
            SubQuerySource inner => $"({inner.Plan.Options.Start - 1} < time)",
            _ => "?",
        };
}
