using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Dialects.ThingScale.Streams;

namespace Serverless.Dialects.ThingScale.Channels;

/// <summary>
/// The Channel service, /v2/channel[/{channel_id}]; X-TAGNAME is one of its tags, X-WITHTAG: true lists tags too (dev.thingscale.io, Channel service).
/// </summary>
/// <remarks>
/// A tag is there as soon as a row comes with it. [I] With tags, a channel is shown once for each, and once with the tag null where it has none; a tag has
/// the channel's name until POST or PUT with X-TAGNAME gives it its own. The body of PUT, and of POST where there is one, is {"channel_name"}. POST and PUT
/// answer with the channel,
/// DELETE with 204. last_update is the time of the last row, or where there is none of the channel's own last change.
/// </remarks>
internal sealed class ChannelHandler(ChannelDirectory channels, ChannelDevices devices, EventRules events)
{
    private const int LongestTag = 128;

    public async Task GetAsync(ThingScaleRequest request)
    {
        int? number = request.Id is null ? null : NumberOf(request);
        var withTags = bool.TryParse(request.Header("X-WITHTAG"), out var flag) && flag;
        if (number is { } one)
        {
            await channels.GetAsync(request.Tenant, one, null, request.Cancellation);
        }

        var activities = await devices.ObserveAsync(request.Tenant, number, withTags, request.Cancellation);
        using var answer = new StreamedAnswer(request.Http);
        answer.Writer.WriteStartArray();
        var group = new List<ThingScaleChannel>();
        await foreach (var channel in channels.ListAsync(request.Tenant, number, request.Cancellation))
        {
            // Each channel comes before its tags.
            if (channel.Value.Tag is null)
            {
                await WriteGroupAsync(request, answer, group, activities, withTags);
                group.Clear();
            }

            group.Add(channel.Value);
        }

        await WriteGroupAsync(request, answer, group, activities, withTags);
        answer.Writer.WriteEndArray();
        await answer.EndAsync();
    }

    public async Task PostAsync(ThingScaleRequest request)
    {
        var (number, tag) = (NumberOf(request), TagOf(request));
        var name = Name(await request.ReadOptionalBodyAsync());
        if (tag is not null)
        {
            name ??= (await channels.GetAsync(request.Tenant, number, null, request.Cancellation)).Value.Name;
        }

        var channel = await channels.CreateAsync(request.Tenant, number, tag, name, request.Cancellation);
        await events.ApplyChannelAsync(request.Tenant, number, request.Cancellation);
        await WriteOneAsync(request, StatusCodes.Status201Created, channel);
    }

    public async Task PutAsync(ThingScaleRequest request)
    {
        var (number, tag) = (NumberOf(request), TagOf(request));
        await channels.GetAsync(request.Tenant, number, null, request.Cancellation);
        var name = Name(await request.ReadBodyAsync()) ?? throw ThingScaleError.BadJson.Refused();
        var channel =
            tag is not null && await channels.FindAsync(request.Tenant, number, tag, request.Cancellation) is null
                ? await channels.CreateAsync(request.Tenant, number, tag, name, request.Cancellation)
                : await channels.RenameAsync(request.Tenant, number, tag, name, request.Cancellation);
        await events.ApplyChannelAsync(request.Tenant, number, request.Cancellation);
        await WriteOneAsync(request, StatusCodes.Status200OK, channel);
    }

    public async Task DeleteAsync(ThingScaleRequest request)
    {
        await channels.DeleteAsync(request.Tenant, NumberOf(request), TagOf(request), request.Cancellation);
        await request.WriteNoContentAsync();
    }

    /// <summary>The channel that the path names.</summary>
    /// <exception cref="ThingScaleException">NO_CHANNEL: it is no number from 0 up.</exception>
    public static int NumberOf(ThingScaleRequest request) =>
        int.TryParse(request.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ThingScaleError.NoChannel.Refused();

    /// <summary>The tag that X-TAGNAME names, or null.</summary>
    /// <exception cref="ThingScaleException">BAD_PARAMETER: it is no tag.</exception>
    public static string? TagOf(ThingScaleRequest request) => Checked(request.Header("X-TAGNAME"));

    /// <inheritdoc cref="TagOf"/>
    public static string? Checked(string? tag) => tag is null || IsTag(tag) ? tag : throw ThingScaleError.BadParameter.Refused();

    /// <summary>A tag is 1 to 128 characters that a topic level may have, none of them a control.</summary>
    public static bool IsTag(string tag) =>
        tag.Length is > 0 and <= LongestTag
        && !tag.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '/' or '+' or '#' or '\uFFFD');

    private static string? Name(JsonObject body)
    {
        Members.CheckNames(body, "channel", "channel_name", "tag", "last_update");
        return Members.Text(body, "channel_name", null);
    }

    private static async Task WriteGroupAsync(
        ThingScaleRequest request,
        StreamedAnswer answer,
        IReadOnlyList<ThingScaleChannel> group,
        IReadOnlyDictionary<int, Activity> activities,
        bool withTags
    )
    {
        if (group is not [{ Tag: null } channel, ..])
        {
            return;
        }

        var named = group.Skip(1).ToList();
        var activity = activities.GetValueOrDefault(channel.Number);
        var others = activity?.Tags.Keys.Except(named.Select(known => known.Tag!)) ?? [];
        var shown = withTags ? named.Concat(others.Select(tag => channel with { Tag = tag })) : [];
        foreach (var one in shown.DefaultIfEmpty(channel))
        {
            Write(answer.Writer, one, UpdatedOf(request, one, activity), withTags);
            await answer.FlushAsync();
        }
    }

    private async Task WriteOneAsync(ThingScaleRequest request, int status, ThingScaleChannel channel)
    {
        var activities = await devices.ObserveAsync(request.Tenant, channel.Number, channel.Tag is not null, request.Cancellation);
        var updated = UpdatedOf(request, channel, activities.GetValueOrDefault(channel.Number));
        await request.WriteAsync(
            status,
            writer =>
            {
                writer.WriteStartArray();
                Write(writer, channel, updated, channel.Tag is not null);
                writer.WriteEndArray();
            }
        );
    }

    private static string UpdatedOf(ThingScaleRequest request, ThingScaleChannel channel, Activity? activity)
    {
        long? last =
            channel.Tag is null ? activity?.Last
            : activity?.Tags.TryGetValue(channel.Tag, out var time) == true ? time
            : null;
        return last is { } found ? request.Times.Basic(found) : request.Times.Basic(channel.Updated);
    }

    private static void Write(Utf8JsonWriter writer, ThingScaleChannel channel, string updated, bool withTag)
    {
        writer.WriteStartObject();
        writer.WriteNumber("channel", channel.Number);
        if (withTag)
        {
            writer.WriteString("tag", channel.Tag);
        }

        writer.WriteString("channel_name", channel.Name);
        writer.WriteString("last_update", updated);
        writer.WriteEndObject();
    }
}
