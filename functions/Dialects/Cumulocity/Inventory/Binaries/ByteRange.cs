using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Serverless.Dialects.Cumulocity.Inventory.Binaries;

/// <summary>The part of a body that a request asks for.</summary>
/// <param name="From">Its first byte, from 0.</param>
/// <param name="Count">How many bytes.</param>
/// <param name="IsSatisfiable">Whether there are any.</param>
internal readonly record struct ByteRange(long From, long Count, bool IsSatisfiable)
{
    /// <summary>The range, or null where the whole is asked for: no header, one that is none, or several ranges, which RFC 9110 lets a server pass over.</summary>
    public static ByteRange? Find(HttpRequest request, long length)
    {
        if (
            request.Headers.Range.Count == 0
            || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || header.Unit != "bytes"
            || header.Ranges.Count != 1
        )
        {
            return null;
        }

        var range = header.Ranges.Single();
        var from = range.From ?? Math.Max(0, length - (range.To ?? 0));
        var last = range.From is null ? length - 1 : Math.Min(range.To ?? (length - 1), length - 1);
        return new ByteRange(from, last - from + 1, from <= last);
    }
}
