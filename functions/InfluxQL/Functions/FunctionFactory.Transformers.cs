using System.Numerics;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Functions.Forecast;
using Serverless.InfluxQL.Functions.Technical;

namespace Serverless.InfluxQL.Functions;

public static partial class FunctionFactory
{
    /// <summary>The most windows that make a season: its fit costs their square.</summary>
    private const int LongestSeason = 500;

    /// <summary>The runtime of a function that is <see cref="IsStreamed">streamed</see>.</summary>
    /// <param name="call">The call, checked by the planner; its first argument may be another call.</param>
    /// <param name="input">The type of the values.</param>
    /// <param name="options">The order of time, the windows and the range.</param>
    /// <param name="windowAt">The first time of the window that a time is in, and the first after it: for integral with GROUP BY time.</param>
    /// <exception cref="QueryException">The function does not take that type, or looks back on more points than this cloud keeps.</exception>
    public static Func<Transformer> Transformer(
        Call call,
        FieldType input,
        StageOptions options,
        Func<long, (long Start, long End)>? windowAt = null
    ) =>
        call.Name switch
        {
            "elapsed" => () => new ElapsedTransformer(call.ElapsedUnit()),
            _ => input switch
            {
                FieldType.Float => Streamed<double, FloatType>(call, options, windowAt ?? (_ => Range(options))),
                FieldType.Integer => Streamed<long, IntegerType>(call, options, windowAt ?? (_ => Range(options))),
                _ => throw Unsupported(call, input),
            },
        };

    private static Func<Transformer> Streamed<T, TType>(Call call, StageOptions options, Func<long, (long Start, long End)> windowAt)
        where T : struct, INumber<T>
        where TType : struct, IValueType<T>
    {
        switch (call.Name)
        {
            case "derivative" or "non_negative_derivative":
                var unit = call.DerivativeUnit(options);
                return () => new DerivativeTransformer<T, TType>(unit, call.Name != "derivative", options.Ascending);
            case "difference" or "non_negative_difference":
                return () => new DifferenceTransformer<T, TType>(call.Name != "difference");
            case "cumulative_sum":
                return () => new CumulativeSumTransformer<T, TType>();
            case "moving_average":
                var length = call.Count(1);
                return () => new MovingAverageTransformer<T, TType>(length);
            case "integral":
                return () => new IntegralTransformer(call.IntegralUnit(), options, windowAt, cutsFloats: TType.Type == FieldType.Float);
            case "holt_winters" or "holt_winters_with_fit":
                return HoltWinters(call, options);
            default:
                var create = IndicatorOf(call);
                return () =>
                {
                    var indicator = create();
                    return new IndicatorTransformer(indicator, call.Hold(indicator));
                };
        }
    }

    private static Func<Indicator> IndicatorOf(Call call)
    {
        var period = call.Count(1);
        var kind = call.WarmUp() ?? WarmUpKind.Exponential;
        return call.Name switch
        {
            "exponential_moving_average" => () => new ExponentialAverage(period, kind),
            "double_exponential_moving_average" => () => new DoubleExponentialAverage(period, kind),
            "triple_exponential_moving_average" => () => new TripleExponentialAverage(period, kind),
            "relative_strength_index" => () => new RelativeStrengthIndex(period, kind),
            "triple_exponential_derivative" => () => new TripleExponentialDerivative(period, kind),
            "kaufmans_efficiency_ratio" => () => new EfficiencyRatio(period),
            "kaufmans_adaptive_moving_average" => () => new AdaptiveAverage(period),
            "chande_momentum_oscillator" when call.WarmUp() is null => () => new Momentum(period),
            "chande_momentum_oscillator" => () => new SmoothedMomentum(period, kind),
            _ => throw new ArgumentException($"{call.Name}() has no transformer.", nameof(call)),
        };
    }

    private static Func<Transformer> HoltWinters(Call call, StageOptions options)
    {
        var (count, season) = (call.Count(1), call.Count(2));
        return season > LongestSeason
            ? throw new QueryException($"{call.Name}: a season of {season} intervals is longer than {LongestSeason}")
            : () => new HoltWintersTransformer(count, season, call.Name != "holt_winters", options.Interval);
    }

    /// <summary>The one window of a query without GROUP BY time.</summary>
    private static (long Start, long End) Range(StageOptions options) =>
        (options.Start, options.End == long.MaxValue ? long.MaxValue : options.End + 1);
}
