using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;

namespace Serverless.Dialects.ThingScale.Events;

/// <summary>The Event service, /v2/event[/{event_id}]: POST makes an event and tells its id, PUT configures it (dev.thingscale.io, Event service).</summary>
/// <remarks>
/// [I] The body of PUT has any of the members that GET shows but event_id, which is ignored. A threshold of &lt;, &gt;, &lt;= and &gt;= is a number, written
/// as a text; an enabled event of type http has a post_url. PUT answers with the event, DELETE with
/// 204.
/// </remarks>
internal sealed class EventHandler(EventDirectory events, ChannelDirectory channels)
{
    private const int LongestUrl = 2048;

    private static readonly string[] Ordering = ["<", ">", "<=", ">="];
    private static readonly string[] Operators = [.. Ordering, "=", "!="];
    private static readonly string[] NotifyTypes = ["email", "http"];

    public async Task GetAsync(ThingScaleRequest request)
    {
        if (request.Id is not null)
        {
            var one = await events.GetAsync(request.Tenant, NumberOf(request), request.Cancellation);
            await WriteAsync(request, one.Value);
            return;
        }

        using var answer = new StreamedAnswer(request.Http);
        answer.Writer.WriteStartArray();
        await foreach (var one in events.ListAsync(request.Tenant, request.Cancellation))
        {
            Write(answer.Writer, one.Value);
            await answer.FlushAsync();
        }

        answer.Writer.WriteEndArray();
        await answer.EndAsync();
    }

    public async Task PostAsync(ThingScaleRequest request)
    {
        var made = await events.CreateAsync(request.Tenant, request.Cancellation);
        await request.WriteAsync(
            StatusCodes.Status201Created,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("event_id", made.Number);
                writer.WriteEndObject();
            }
        );
    }

    public async Task PutAsync(ThingScaleRequest request)
    {
        var number = NumberOf(request);
        await events.GetAsync(request.Tenant, number, request.Cancellation);
        var body = await request.ReadBodyAsync();
        Members.CheckNames(
            body,
            "event_id",
            "mapped_ch",
            "description",
            "notify_type",
            "post_url",
            "enabled",
            "source",
            "operator",
            "threshold"
        );
        if (Members.Channel(body, "mapped_ch", null) is { } channel)
        {
            await channels.GetAsync(request.Tenant, channel, null, request.Cancellation);
        }

        await WriteAsync(request, await events.UpdateAsync(request.Tenant, number, old => Changed(old, body), request.Cancellation));
    }

    public async Task DeleteAsync(ThingScaleRequest request)
    {
        await events.DeleteAsync(request.Tenant, NumberOf(request), request.Cancellation);
        await request.WriteNoContentAsync();
    }

    private static int NumberOf(ThingScaleRequest request) =>
        int.TryParse(request.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ThingScaleError.NoEvent.Refused();

    private static ThingScaleEvent Changed(ThingScaleEvent old, JsonObject body)
    {
        var changed = old with
        {
            Channel = Members.Channel(body, "mapped_ch", old.Channel),
            Description = Members.Text(body, "description", old.Description)!,
            NotifyType = Members.Text(body, "notify_type", old.NotifyType)!,
            PostUrl = Members.Text(body, "post_url", old.PostUrl, LongestUrl)!,
            Enabled = Members.Flag(body, "enabled", old.Enabled),
            Source = Members.Text(body, "source", old.Source)!,
            Operator = Members.Text(body, "operator", old.Operator)!,
            Threshold = Members.Text(body, "threshold", old.Threshold)!,
        };
        return IsGood(changed) ? changed : throw ThingScaleError.BadJson.Refused();
    }

    private static bool IsGood(ThingScaleEvent one) =>
        NotifyTypes.Contains(one.NotifyType)
        && Operators.Contains(one.Operator)
        && (one.PostUrl.Length == 0 || IsUrl(one.PostUrl))
        && (one.Threshold.Length == 0 || !Ordering.Contains(one.Operator) || IsNumber(one.Threshold))
        && (
            !one.Enabled
            || (
                one is { Channel: not null, Source.Length: > 0, Threshold.Length: > 0 }
                && (one.NotifyType != "http" || one.PostUrl.Length > 0)
            )
        );

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);

    private static Task WriteAsync(ThingScaleRequest request, ThingScaleEvent one) =>
        request.WriteAsync(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartArray();
                Write(writer, one);
                writer.WriteEndArray();
            }
        );

    private static void Write(Utf8JsonWriter writer, ThingScaleEvent one)
    {
        writer.WriteStartObject();
        writer.WriteNumber("event_id", one.Number);
        if (one.Channel is { } channel)
        {
            writer.WriteNumber("mapped_ch", channel);
        }
        else
        {
            writer.WriteNull("mapped_ch");
        }

        writer.WriteString("description", one.Description);
        writer.WriteString("notify_type", one.NotifyType);
        writer.WriteString("post_url", one.PostUrl);
        writer.WriteBoolean("enabled", one.Enabled);
        writer.WriteString("source", one.Source);
        writer.WriteString("operator", one.Operator);
        writer.WriteString("threshold", one.Threshold);
        writer.WriteEndObject();
    }
}
