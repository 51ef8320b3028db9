using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Applies operators to spans; a span of one value stands for as many as the other has.</summary>
internal static class Kernel
{
    public static TResult[] Apply<T, TResult, TOperator>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where TOperator : struct, IOperator<T, TResult>
    {
        var results = new TResult[left.Length == 1 ? right.Length : left.Length];
        if (left.Length == right.Length)
        {
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = TOperator.Apply(left[i], right[i]);
            }
        }
        else if (right.Length == 1)
        {
            var constant = right[0];
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = TOperator.Apply(left[i], constant);
            }
        }
        else
        {
            var constant = left[0];
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = TOperator.Apply(constant, right[i]);
            }
        }

        return results;
    }

    /// <summary>Where either is absent; null where nothing is.</summary>
    public static bool[]? Absent(Operand left, Operand right) =>
        left.Column.Absent.IsEmpty && right.Column.Absent.IsEmpty
            ? null
            : Apply<bool, bool, Either>(AbsentOf(left.Column), AbsentOf(right.Column));

    /// <summary>Which values are absent, as long as the column.</summary>
    public static ReadOnlySpan<bool> AbsentOf(Column column) => column.Absent.IsEmpty ? new bool[column.Count] : column.Absent;
}
