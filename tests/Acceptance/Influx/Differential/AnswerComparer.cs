using System.Globalization;
using System.Text.Json;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>Compares two answers: to the byte, but for the last digits of floats that were added up in another order.</summary>
internal static class AnswerComparer
{
    private const double Tolerance = 1e-9;

    /// <summary>What the real server answers where a sum is infinite. Any JSON is better.</summary>
    private const string NoJson = "json: error calling MarshalJSON";

    /// <returns>Where they differ, or null.</returns>
    public static string? Difference(string expected, string actual)
    {
        if (expected == actual)
        {
            return null;
        }

        if (expected.StartsWith(NoJson, StringComparison.Ordinal))
        {
            using var wellFormed = JsonDocument.Parse(actual);
            return null;
        }

        using var left = JsonDocument.Parse(expected);
        using var right = JsonDocument.Parse(actual);
        return Difference("", left.RootElement, right.RootElement);
    }

    private static string? Difference(string path, JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return Say(path, left, right);
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.Object:
                var (mine, yours) = (left.EnumerateObject().ToList(), right.EnumerateObject().ToList());
                return !mine.Select(member => member.Name).SequenceEqual(yours.Select(member => member.Name))
                    ? Say(path, left, right)
                    : mine.Zip(yours, (a, b) => Difference($"{path}.{a.Name}", a.Value, b.Value))
                        .FirstOrDefault(found => found is not null);
            case JsonValueKind.Array:
                for (var i = 0; i < Math.Min(left.GetArrayLength(), right.GetArrayLength()); i++)
                {
                    if (Difference($"{path}[{i}]", left[i], right[i]) is { } found)
                    {
                        return found;
                    }
                }

                return left.GetArrayLength() == right.GetArrayLength()
                    ? null
                    : $"{path}: {left.GetArrayLength()} elements expected, {right.GetArrayLength()} found";
            case JsonValueKind.Number:
                return left.GetRawText() == right.GetRawText() || AreClose(left.GetRawText(), right.GetRawText())
                    ? null
                    : Say(path, left, right);
            default:
                return left.GetRawText() == right.GetRawText() ? null : Say(path, left, right);
        }
    }

    private static bool AreClose(string expected, string actual)
    {
        var (a, b) = (double.Parse(expected, CultureInfo.InvariantCulture), double.Parse(actual, CultureInfo.InvariantCulture));
        return IsFraction(expected) | IsFraction(actual) && Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
    }

    private static bool IsFraction(string number) => number.AsSpan().ContainsAny('.', 'e');

    private static string Say(string path, JsonElement left, JsonElement right) =>
        $"{path}: expected {Short(left.GetRawText())}, found {Short(right.GetRawText())}";

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
