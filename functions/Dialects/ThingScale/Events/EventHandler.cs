using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Rules;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.ThingScale.Events;

/// <summary>The Event service, /v2/event[/{event_id}]: POST makes an event and tells its id, PUT configures it (dev.thingscale.io, Event service).</summary>
/// <remarks>
/// [I] The body of PUT has any of the members that GET shows but event_id, which is ignored. A threshold of &lt;, &gt;, &lt;= and &gt;= is a number, written
/// as a text; an enabled event of type http has a post_url. A post_url is an https address of the internet, as
/// every webhook's. PUT answers with the event when it is watched so, and enables a post_url that was given up; DELETE answers with 204.
/// </remarks>
internal sealed class EventHandler(EventDirectory events, ChannelDirectory channels, EventRules rules, WebhookOptions options)
{
    private static readonly string[] Ordering = ["<", ">", "<=", ">="];
    private static readonly string[] Operators = [.. Ordering, "=", "!="];
    private static readonly string[] NotifyTypes = [ThingScaleEvent.Email, ThingScaleEvent.Http];

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

        var changed = await rules.UpdateAsync(request.Tenant, number, old => Changed(old, body), request.Cancellation);
        await WriteAsync(request, changed);
    }

    public async Task DeleteAsync(ThingScaleRequest request)
    {
        await rules.DeleteAsync(request.Tenant, NumberOf(request), request.Cancellation);
        await request.WriteNoContentAsync();
    }

    private static int NumberOf(ThingScaleRequest request) =>
        int.TryParse(request.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ThingScaleError.NoEvent.Refused();

    private ThingScaleEvent Changed(ThingScaleEvent old, JsonObject body)
    {
        var changed = old with
        {
            Channel = Members.Channel(body, "mapped_ch", old.Channel),
            Description = Members.Text(body, "description", old.Description)!,
            NotifyType = Members.Text(body, "notify_type", old.NotifyType)!,
            PostUrl = Members.Text(body, "post_url", old.PostUrl, WebhookRules.LongestUrl)!,
            Enabled = Members.Flag(body, "enabled", old.Enabled),
            Source = Members.Text(body, "source", old.Source)!,
            Operator = Members.Text(body, "operator", old.Operator)!,
            Threshold = Members.Text(body, "threshold", old.Threshold)!,
        };
        if (changed.PostUrl.Length > 0 && changed.PostUrl != old.PostUrl)
        {
            WebhookRules.CheckUrl(changed.PostUrl, options);
        }

        return IsGood(changed) ? changed : throw ThingScaleError.BadJson.Refused();
    }

    private static bool IsGood(ThingScaleEvent one) =>
        NotifyTypes.Contains(one.NotifyType)
        && Operators.Contains(one.Operator)
        && (one.Threshold.Length == 0 || !Ordering.Contains(one.Operator) || IsNumber(one.Threshold))
        && (
            !one.Enabled
            || (
                one is { Channel: not null, Source.Length: > 0, Threshold.Length: > 0 }
                && (one.NotifyType != ThingScaleEvent.Http || one.PostUrl.Length > 0)
                && IsPath(one.Source)
            )
        );

    private static bool IsPath(string source) => source.Split(RulePath.Separator).All(name => name.Length > 0);

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
