using System.Runtime.InteropServices;
using System.Text.Json;

namespace Serverless.Benchmarks.Influx;

/// <summary>What an answer holds, roughly: enough to see that two servers did the same work.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AnswerSummary(int Series, long Rows, double Sum)
{
    public static AnswerSummary Of(byte[] answer)
    {
        using var document = JsonDocument.Parse(answer);
        var result = document.RootElement.GetProperty("results")[0];
        if (result.TryGetProperty("error", out var error))
        {
            throw new InvalidOperationException(error.GetString());
        }

        var (count, rows, sum) = (0, 0L, 0.0);
        if (result.TryGetProperty("series", out var series))
        {
            foreach (var one in series.EnumerateArray())
            {
                count++;
                foreach (var row in one.GetProperty("values").EnumerateArray())
                {
                    rows++;
                    sum += row.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.Number).Sum(value => value.GetDouble());
                }
            }
        }

        return new(count, rows, sum);
    }

    /// <summary>Sums differ in the last digits where they were added in another order.</summary>
    public bool Agrees(AnswerSummary other) =>
        Series == other.Series && Rows == other.Rows && Math.Abs(Sum - other.Sum) <= 1e-9 * Math.Max(1, Math.Abs(Sum));
}
