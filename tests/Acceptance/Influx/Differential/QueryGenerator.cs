using System.Globalization;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>Makes queries on a set of points: every function and clause, mostly sensible, some not. The same seed makes the same queries.</summary>
internal sealed class QueryGenerator(SampleSet set, int seed)
{
    private static readonly string[] Aggregates = ["count", "sum", "mean", "median", "mode", "stddev", "spread"];
    private static readonly string[] Selectors = ["min", "max", "first", "last"];
    private static readonly string[] Steps =
    [
        "derivative",
        "non_negative_derivative",
        "difference",
        "non_negative_difference",
        "cumulative_sum",
        "elapsed",
    ];
    private static readonly string[] Averages =
    [
        "moving_average",
        "exponential_moving_average",
        "double_exponential_moving_average",
        "triple_exponential_moving_average",
        "relative_strength_index",
        "triple_exponential_derivative",
        "kaufmans_efficiency_ratio",
        "kaufmans_adaptive_moving_average",
        "chande_momentum_oscillator",
    ];
    private static readonly string[] Maths =
    [
        "abs",
        "sin",
        "cos",
        "tan",
        "atan",
        "exp",
        "ln",
        "log2",
        "log10",
        "sqrt",
        "floor",
        "ceil",
        "round",
    ];
    private static readonly string[] Fills = ["null", "none", "0", "-1.5", "previous", "linear", "7"];
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];

    private readonly Random random = new(seed);
    private readonly SampleMeasurement[] weighted = [.. set.Measurements.SelectMany(one => Enumerable.Repeat(one, one.Weight))];
    private SampleMeasurement measurement = set.Measurements[0];
    private SampleSpan span = set.Measurements[0].Spans[0];
    private string innerTags = "";

    public string Next() =>
        random.Next(20) switch
        {
            0 => Show(),
            1 or 2 => Select(2),
            3 => Select(1) + "; " + Select(1),
            _ => Select(1),
        };

    private string Select(int depth)
    {
        measurement = weighted[random.Next(weighted.Length)];
        span = measurement.Spans[random.Next(measurement.Spans.Length)];
        var kind = random.Next(10);
        var source = Source(depth, out var inner);
        if (inner is not null)
        {
            return Outer(source, inner);
        }

        return kind switch
        {
            < 3 => $"SELECT {Raw()} FROM {source}{Where()}{Group(false)}{Tail(true, false)}",
            < 8 => Windowed(source),
            _ => $"SELECT {Calls(false)} FROM {source}{Where()}{Group(false)}{Tail(false, false)}",
        };
    }

    private string Windowed(string source)
    {
        var (from, to) = Range();
        var where = Chance(0.85) ? $" WHERE time >= {from} AND time < {to}" : $" WHERE time > {from} AND time <= {to}";
        if (Chance(0.3))
        {
            where += $" AND {Condition(1)}";
        }

        return $"SELECT {Calls(true)} FROM {source}{where}{Group(true)}{Tail(false, true)}";
    }

    private string Source(int depth, out string[]? columns)
    {
        columns = null;
        if (depth > 1)
        {
            return Inner(out columns);
        }

        var name = measurement.Name;
        if (!measurement.IsRich)
        {
            return Pick([name, name, name, $"\"autogen\".{name}", $"/{name}/"]);
        }

        return random.Next(20) switch
        {
            0 or 1 or 5 => Pick(set.Several),
            2 => $"\"autogen\".{name}",
            3 => $"/{name}/",
            4 when Chance(0.2) => "nothing",
            _ => name,
        };
    }

    /// <summary>
    /// An inner SELECT. Where it has several calls, a fill or a limit, or points of one time, and groups by more tags than the outer, the real server interleaves its groups wrongly: then the
    /// outer groups by the same tags here.
    /// </summary>
    private string Inner(out string[] columns)
    {
        var (from, to) = Range();
        var raw = Chance(0.35);
        var several = raw || Chance(0.4);
        columns = several ? ["x", "y"] : ["x"];
        var fields =
            raw ? $"{Number()} AS x, {Number()} AS y"
            : several ? $"{InnerFunction()}({Number()}) AS x, {Pick(["min", "max"])}({Number()}) AS y"
            : $"{InnerFunction()}({Number()}) AS x";
        var parts = new List<string>();
        if (!raw && Chance(0.6))
        {
            parts.Add($"time({IntervalText()})");
        }

        innerTags = Chance(0.5) ? Pick([Tag(), TwoTags()]) : "";
        if (innerTags.Length > 0)
        {
            parts.Add(innerTags);
        }

        var fill = parts.Count > 0 && parts[0][0] == 't' && Chance(0.3) ? $" fill({Pick(Fills)})" : "";
        var limit = Chance(0.1) ? " LIMIT 3" : "";
        if (!several && fill.Length == 0 && limit.Length == 0)
        {
            innerTags = "";
        }

        var group = parts.Count > 0 ? $" GROUP BY {string.Join(", ", parts)}" : "";
        return $"(SELECT {fields} FROM {measurement.Name} WHERE time >= {from} AND time < {to}{group}{fill}{limit})";
    }

    private string Outer(string source, string[] columns)
    {
        var column = Pick(columns);
        var fields = random.Next(6) switch
        {
            0 => "*",
            1 => "x, y",
            2 => $"{column} + 1",
            3 => $"{Pick(Selectors)}({column}), {Pick(columns)}",
            4 => $"{Function()}({column})",
            _ => $"{Function()}({column}), {Function()}({column})",
        };
        var (from, to) = Range();
        var where = random.Next(4) switch
        {
            0 => $" WHERE {column} > {Literal()}",
            1 => $" WHERE time >= {from} AND time <= {to}",
            _ => "",
        };
        var called = fields.Contains('(', StringComparison.Ordinal);
        var windowed = called && where.Contains("time", StringComparison.Ordinal) && Chance(0.5);
        var group =
            innerTags.Length == 0 ? Group(windowed)
            : windowed ? $" GROUP BY time({IntervalText()}), {innerTags}"
            : $" GROUP BY {innerTags}";
        return $"SELECT {fields} FROM {source}{where}{group}{Tail(!called, windowed)}";
    }

    private string Raw() =>
        random.Next(14) switch
        {
            0 => "*",
            1 => "*::field",
            2 => $"*::tag, {Number()}",
            3 => $"/{Pick(["u", "o", "^f", "e$", "a|l"])}/",
            4 => $"{Number()} {Operator()} {Number()}",
            5 => $"{Number()} {Operator()} {Literal()}",
            6 => $"{Pick(Maths)}({Number()})",
            7 => $"{Number()}::{Pick(["float", "integer", "string", "boolean"])}",
            8 => $"{Tag()}, {AnyField()}",
            9 => $"{AnyField()} AS a, {Number()} * 2 AS b, {Number()}",
            10 => $"pow({Number()}, 2), {Number()}",
            11 => $"-{Number()}",
            12 when Chance(0.2) => Tag(),
            _ => string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => AnyField())),
        };

    private string Calls(bool windowed) =>
        random.Next(22) switch
        {
            0 => $"{Pick(Selectors)}({Number()}), {AnyField()}",
            1 => $"{Pick(Selectors)}({Number()}), {Tag()}",
            // Where a window has too few points for its percentile the real server stops, at a place that depends on fill and groups.
            2 => $"percentile({Number()}, {Pick(["50", "90", "99.9", "75", "100", "60"])})",
            3 => $"{Pick(["top", "bottom"])}({Number()}, {random.Next(1, 5)})",
            4 => $"{Pick(["top", "bottom"])}({Number()}, {Tag()}, {random.Next(1, 4)})",
            5 => $"distinct({AnyField()})",
            6 => $"count(distinct({AnyField()}))",
            7 or 8 => Step(Nested(windowed)),
            9 or 10 => $"{Pick(Averages)}({Nested(windowed)}, {random.Next(2, 6)})",
            11 => $"{Call()} {Operator()} {Call()}",
            12 => $"{Pick(Maths)}({Call()})",
            13 => $"{Function()}({Pick(["*", "/u|f/", "*::field"])})",
            14 => $"{Call()} {Operator()} {Literal()}",
            15 when measurement.Tags.Length == 0 && (windowed || Chance(0.1)) =>
                $"{Pick(["holt_winters", "holt_winters_with_fit"])}({Call()}, {random.Next(1, 5)}, {Pick(["0", "2", "4"])})",
            16 => $"{Pick(["top", "bottom"])}({Number()}, {random.Next(1, 4)}), {AnyField()}",
            17 => $"{Call()}, {Pick(Selectors)}({Number()}), {Call()}",
            18 => $"{Pick(Selectors)}({AnyField()})",
            19 => $"mean({Number()}) AS m, {Function()}({AnyField()})",
            _ => Call(),
        };

    private string Call() => $"{Function()}({Number()})";

    /// <summary>Of several series the real server's mode of values that are all equally frequent depends on the order in which it reads them: it is asked of one series only.</summary>
    private string Function()
    {
        var function = Pick([.. Aggregates, .. Selectors]);
        return function == "mode" && measurement.Tags.Length > 0 ? "median" : function;
    }

    private string Step(string argument)
    {
        var step = Pick(Steps);
        var unit = step is "derivative" or "non_negative_derivative" or "elapsed" && Chance(0.4) ? $", {Pick(["1s", "1m", "10s"])}" : "";
        return $"{step}({argument}{unit})";
    }

    /// <summary>What a transformation takes: with windows a call, else a field; seldom the other of the two, which is an error.</summary>
    private string Nested(bool windowed) => windowed == Chance(0.97) ? Call() : Number();

    private string Where()
    {
        var (from, to) = Range();
        return random.Next(5) switch
        {
            0 => "",
            1 => $" WHERE {Condition(2)}",
            2 => $" WHERE time >= {from} AND time < {to}",
            3 => $" WHERE time > {from} AND ({Condition(2)})",
            _ => $" WHERE {Condition(1)} AND time <= {to}",
        };
    }

    private string Condition(int depth) =>
        (measurement.Tags.Length == 0 ? random.Next(4, 10) : random.Next(depth > 0 ? 14 : 10)) switch
        {
            0 => TagEquals(),
            1 => TagEquals("!="),
            2 => $"{Tag()} =~ /{Pick(["a|b", "^u", ".", "x?", "(?i)EU"])}/",
            3 => $"{Tag()} !~ /{Pick(["a", "^e", "c|d"])}/",
            4 or 5 or 6 => $"{KnownNumber()} {Pick(["<", "<=", ">", ">=", "!=", "="])} {Literal()}",
            7 => Other() is { } other ? $"{other} = {Pick(["true", "'n1'", "false", "'n2'"])}" : $"{KnownNumber()} > 0",
            8 => $"{KnownNumber()} {Comparison()} {KnownNumber()}",
            9 => $"{Literal()} {Comparison()} {KnownNumber()}",
            10 => $"{Condition(depth - 1)} AND {Condition(depth - 1)}",
            11 => $"({Condition(depth - 1)} OR {Condition(depth - 1)})",
            12 => $"{KnownNumber()} {Operator()} {Literal()} {Comparison()} {Literal()}",
            _ => $"{Tag()} = ''",
        };

    private string Group(bool time)
    {
        var parts = new List<string>();
        if (time)
        {
            var interval = IntervalText();
            parts.Add(Chance(0.2) ? $"time({interval}, {Pick(["10s", "-15s", "20m", "1h"])})" : $"time({interval})");
        }

        if (Chance(time ? 0.4 : 0.45))
        {
            parts.Add(Pick([Tag(), Tag(), "*", $"/{Pick(["h", "r", "."])}/", TwoTags(), "nix"]));
        }

        if (parts.Count == 0)
        {
            return "";
        }

        var fill = time && Chance(0.6) ? $" fill({Pick(Fills)})" : "";
        return $" GROUP BY {string.Join(", ", parts)}{fill}";
    }

    private string IntervalText() => Pick(span.Intervals);

    private string Tail(bool raw, bool windowed)
    {
        var tail = Chance(0.2) ? " ORDER BY time DESC" : "";
        if (set.IsLarge && !windowed)
        {
            tail += $" LIMIT {Pick(["1", "7", "100", "1000", "5000"])}";
        }
        else if (Chance(raw ? 0.4 : 0.15))
        {
            tail += $" LIMIT {random.Next(1, 12)}";
        }

        if (Chance(0.1))
        {
            tail += $" OFFSET {random.Next(0, set.IsLarge && !windowed ? 10_000 : 5)}";
        }

        if (Chance(0.06))
        {
            tail += $" SLIMIT {random.Next(1, 3)}";
        }

        if (Chance(0.03))
        {
            tail += $" SOFFSET {random.Next(0, 3)}";
        }

        return Chance(measurement.HasZones ? 0.5 : 0.05) ? $"{tail} tz('{Pick(Zones)}')" : tail;
    }

    private string Show() =>
        random.Next(12) switch
        {
            0 => "SHOW MEASUREMENTS" + Pick(["", " WITH MEASUREMENT =~ /c|m/", " WITH MEASUREMENT = cpu", " LIMIT 2 OFFSET 1"]),
            1 => $"SHOW MEASUREMENTS WHERE {TagEquals()}",
            2 => $"SHOW TAG KEYS{From()}{Pick(["", " LIMIT 1", " OFFSET 1"])}",
            3 => $"SHOW TAG VALUES{From()} WITH KEY = {Tag()}",
            4 => $"SHOW TAG VALUES{From()} WITH KEY IN ({Tag()}, {Tag()}) WHERE {TagEquals()}",
            5 => $"SHOW TAG VALUES{From()} WITH KEY =~ /h|r/{Pick(["", " LIMIT 3", " OFFSET 2"])}",
            6 => $"SHOW FIELD KEYS{From()}",
            7 => $"SHOW SERIES{From()}{Pick(["", " LIMIT 3", " OFFSET 1", $" WHERE {TagEquals()}"])}",
            8 => "SHOW RETENTION POLICIES",
            9 => $"SHOW {Pick(["SERIES", "MEASUREMENT"])} EXACT CARDINALITY",
            10 => $"SHOW TAG KEYS{From()} WHERE {Tag()} =~ /{Pick(["a", "e"])}/",
            _ => $"SHOW {Pick(["FIELD KEY", "TAG KEY"])} EXACT CARDINALITY{From()}",
        };

    private string From() => Pick(["", $" FROM {measurement.Name}", " FROM /c|m/", " FROM nothing", $" FROM {Pick(set.Several)}"]);

    private string Number() => measurement.Numbers is { Length: > 0 } numbers && Chance(0.985) ? Pick(numbers) : Pick(set.NoNumbers);

    private string KnownNumber() => measurement.Numbers is { Length: > 0 } numbers ? Pick(numbers) : Other()!;

    private string? Other() => measurement.Others is { Length: > 0 } others ? Pick(others) : null;

    private string AnyField() => Chance(0.25) && Other() is { } other ? other : Number();

    private string Tag() => measurement.Tags is { Length: > 0 } tags && Chance(0.97) ? tags[random.Next(tags.Length)].Key : "nix";

    /// <summary>Which of several points of one time an inner first or last takes depends on what the outer SELECT does with it.</summary>
    private string InnerFunction() => Function() is var function and not ("first" or "last") ? function : "mean";

    private string TwoTags()
    {
        var (first, second) = (Tag(), Tag());
        return first == second ? first : $"{first}, {second}";
    }

    private string TagValue(string key) =>
        Array.Find(measurement.Tags, tag => tag.Key == key) is { } known && Chance(0.9) ? Pick(known.Values) : "zz";

    private string TagEquals(string comparison = "=")
    {
        var tag = Tag();
        return $"{tag} {comparison} '{TagValue(tag)}'";
    }

    private string Operator() => Pick(["+", "-", "*", "/", "%", "+", "*"]);

    private string Comparison() => Pick(["!=", "<", "<=", ">", ">=", "<>", "="]);

    private string Literal() => Pick(set.Literals);

    private (string From, string To) Range()
    {
        var (first, room) = measurement.Starts[random.Next(measurement.Starts.Length)];
        var start = first + random.Next(room);
        var length = random.Next(span.Min, span.Max);
        return (Time(start), Time(start + length));
    }

    private string Time(long seconds) =>
        random.Next(4) switch
        {
            0 => $"{seconds}s",
            1 => $"{seconds * 1000}ms",
            2 => (seconds * 1_000_000_000).ToString(CultureInfo.InvariantCulture),
            _ => $"'{DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}'",
        };

    private string Pick(ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private bool Chance(double chance) => random.NextDouble() < chance;
}
