using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Measurements as comma-separated values: a row of each value, as time,source,device_name,fragment.series,value,unit (RFC 4180).</summary>
internal static class MeasurementCsv
{
    public const string Type = "text/csv";

    private const int FlushAt = 64 << 10;
    private static readonly char[] Special = [',', '"', '\n', '\r'];

    /// <summary>Writes a file to an answer, as it is read.</summary>
    public static async Task WriteAsync(
        HttpContext context,
        IAsyncEnumerable<Measurement> measurements,
        Func<string, Task<string>> nameOf,
        SystemOfUnits units
    )
    {
        context.Response.ContentType = $"{Type};charset=UTF-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"measurements.csv\"";
        var text = new StringBuilder("time,source,device_name,fragment.series,value,unit\r\n");
        await foreach (var measurement in measurements)
        {
            var name = await nameOf(measurement.Device);
            foreach (var (fragment, series, quantity) in units.Convert(measurement).Series())
            {
                text.Append(Times.Of(measurement.Time)).Append(',').Append(measurement.Device).Append(',');
                text.Append(Quoted(name)).Append(',').Append(Quoted($"{fragment}.{series}")).Append(',');
                text.Append(quantity["value"]!.ToJsonString()).Append(',').Append(Quoted($"{quantity["unit"]}")).Append("\r\n");
            }

            if (text.Length >= FlushAt)
            {
                await FlushAsync(context, text);
            }
        }

        await FlushAsync(context, text);
    }

    /// <summary>The names of devices, each asked for once.</summary>
    public static Func<string, Task<string>> NamesBy(DeviceDirectory devices, string tenant, CancellationToken cancellation)
    {
        var known = new Dictionary<string, string>();
        return async id =>
            known.TryGetValue(id, out var name) ? name : known[id] = (await devices.FindAsync(tenant, id, cancellation))?.Value.Name ?? "";
    }

    private static async Task FlushAsync(HttpContext context, StringBuilder text)
    {
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
        text.Clear();
    }

    private static string Quoted(string text) =>
        text.IndexOfAny(Special) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
