using System.Numerics;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

public static partial class FunctionFactory
{
    /// <summary>The runtime of an aggregate or selector that is not <see cref="IsStreamed">streamed</see>.</summary>
    /// <param name="call">The call, checked by the planner.</param>
    /// <param name="input">The type of the values.</param>
    /// <param name="options">The order of time.</param>
    /// <param name="along">The names of the columns that go along, for top and bottom with tags, which are found among them; null for none.</param>
    /// <exception cref="QueryException">The function does not take that type.</exception>
    public static Func<Reducer> Reducer(Call call, FieldType input, StageOptions options, IReadOnlyList<string>? along = null) =>
        call.Name switch
        {
            "count" => () => new CountReducer(),
            "distinct" => Distinct(input),
            "mode" => Mode(input),
            "first" => End(input, isFirst: true, options.Ascending),
            "last" => End(input, isFirst: false, options.Ascending),
            "sample" => Sample(input, call.Limit()),
            "min" or "max" when input == FieldType.Boolean => BooleanExtreme(call.Name == "min"),
            _ => input switch
            {
                FieldType.Float => Numeric<double, FloatType>(call, options, along),
                FieldType.Integer => Numeric<long, IntegerType>(call, options, along),
                _ => throw Unsupported(call, input),
            },
        };

    private static Func<Reducer> Numeric<T, TType>(Call call, StageOptions options, IReadOnlyList<string>? along)
        where T : struct, INumber<T>
        where TType : struct, IValueType<T>
    {
        switch (call.Name)
        {
            case "sum":
                return TType.Type == FieldType.Float ? () => new FloatSumReducer() : () => new IntegerSumReducer();
            case "mean":
                return TType.Type == FieldType.Float ? () => new FloatMeanReducer() : () => new IntegerMeanReducer();
            case "median":
                return () => new MedianReducer<T, TType>();
            case "stddev":
                return () => new DeviationReducer<T, TType>();
            case "spread":
                return () => new SpreadReducer<T, TType>();
            case "min":
                return options.Ascending
                    ? () => new AscendingMinReducer<T, TType>()
                    : () => new SelectorReducer<T, TType, Least<T, TType>>();
            case "max":
                return options.Ascending
                    ? () => new AscendingMaxReducer<T, TType>()
                    : () => new SelectorReducer<T, TType, Greatest<T, TType>>();
            case "percentile":
                var percentile = call.Percentile();
                return () => new PercentileReducer<T, TType>(percentile);
            case "top" or "bottom":
                var (limit, tags) = (call.Limit(), TagColumns(call, along ?? []));
                return () => new TopReducer<T, TType>(limit, call.Name == "top", tags);
            default:
                throw new ArgumentException($"{call.Name}() has no reducer.", nameof(call));
        }
    }

    private static Func<Reducer> Distinct(FieldType input) =>
        input switch
        {
            FieldType.Float => () => new DistinctReducer<double, FloatType>(),
            FieldType.Integer => () => new DistinctReducer<long, IntegerType>(),
            FieldType.Boolean => () => new DistinctReducer<bool, BooleanType>(),
            _ => () => new DistinctReducer<string, StringType>(),
        };

    private static Func<Reducer> Mode(FieldType input) =>
        input switch
        {
            FieldType.Float => () => new ModeReducer<double, FloatType>(),
            FieldType.Integer => () => new ModeReducer<long, IntegerType>(),
            FieldType.Boolean => () => new BooleanModeReducer(),
            _ => () => new ModeReducer<string, StringType>(),
        };

    private static Func<Reducer> Sample(FieldType input, int size) =>
        input switch
        {
            FieldType.Float => () => new SampleReducer<double, FloatType>(size, Random.Shared),
            FieldType.Integer => () => new SampleReducer<long, IntegerType>(size, Random.Shared),
            FieldType.Boolean => () => new SampleReducer<bool, BooleanType>(size, Random.Shared),
            _ => () => new SampleReducer<string, StringType>(size, Random.Shared),
        };

    private static Func<Reducer> End(FieldType input, bool isFirst, bool ascending) =>
        input switch
        {
            FieldType.Float => End<double, FloatType>(isFirst, ascending),
            FieldType.Integer => End<long, IntegerType>(isFirst, ascending),
            FieldType.Boolean => End<bool, BooleanType>(isFirst, ascending),
            _ => End<string, StringType>(isFirst, ascending),
        };

    private static Func<Reducer> End<T, TType>(bool isFirst, bool ascending)
        where TType : struct, IValueType<T> =>
        isFirst
            ? () => new EndReducer<T, TType, Earliest<T, TType>>(atStart: ascending)
            : () => new EndReducer<T, TType, Latest<T, TType>>(atStart: !ascending);

    private static Func<Reducer> BooleanExtreme(bool isMin) =>
        isMin
            ? () => new SelectorReducer<bool, BooleanType, Least<bool, BooleanType>>()
            : () => new SelectorReducer<bool, BooleanType, Greatest<bool, BooleanType>>();

    /// <summary>Where the columns of the tags of top and bottom are; the first column is the value.</summary>
    private static int[] TagColumns(Call call, IReadOnlyList<string> along) =>
        [.. call.Arguments.Skip(1).SkipLast(1).OfType<VarRef>().Select(tag => 1 + along.IndexOf(tag.Name))];

    private static int IndexOf(this IReadOnlyList<string> names, string name)
    {
        var at = 0;
        while (names[at] != name)
        {
            at++;
        }

        return at;
    }
}
