using System.Globalization;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>A member as text of ASCII that orders as <see cref="DocumentOrder"/> orders the member: the rank of its type, then its
/// value.</summary>
internal static class SortKey
{
    public static string Of(MemberPath path, JsonElement body) =>
        path.Find(body) is not { } member
            ? "0"
            : member.ValueKind switch
            {
                JsonValueKind.Null => "0",
                JsonValueKind.False => "1",
                JsonValueKind.True => "2",
                JsonValueKind.Number => $"3{Ordered(member.GetDouble())}",
                JsonValueKind.String => $"4{OrderedText.Encode(member.GetString()!)}",
                _ => "5",
            };

    // The bits of a float64 order as it does once those of negative numbers are inverted and the sign of the others is set.
    private static string Ordered(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number == 0 ? 0 : number);
        var ordered = bits >> 63 == 0 ? bits | (1UL << 63) : ~bits;
        return ordered.ToString("x16", CultureInfo.InvariantCulture);
    }
}
