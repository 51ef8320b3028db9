using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Conduit.Updates;

/// <summary>What a PUT changes: members of a record by their names there, null to take one away [I].</summary>
/// <param name="Body">The request's body.</param>
internal sealed record DeviceChange(JsonObject Body)
{
    private const int LongestText = 256;

    private static readonly string[] ChannelMembers = ["val_type", "val_description", "val_offset", "val_cal"];

    private static readonly HashSet<string> DeviceMembers =
    [
        "dev_tag",
        "dev_type",
        "dev_error",
        "dev_serial",
        "loc_lat",
        "loc_lng",
        .. ConduitMetadata.Texts.Keys,
    ];

    /// <summary>Whether a member of a channel is changed.</summary>
    public bool ChangesChannel => ChannelMembers.Any(Body.ContainsKey);

    /// <exception cref="DomainException">There is no member, or one that a PUT does not change.</exception>
    public void Check()
    {
        if (Body.Count == 0)
        {
            throw new DomainException(Refusal.Invalid, "The body has at least one member to change.");
        }

        foreach (var (name, _) in Body)
        {
            if (!DeviceMembers.Contains(name) && !ChannelMembers.Contains(name))
            {
                throw DomainException.Invalid(name, $"The member {name} is not one that can be changed.");
            }
        }
    }

    /// <summary>The twin with the change.</summary>
    /// <exception cref="DomainException">It has no such channel, or a member is of the wrong type.</exception>
    public DeviceTwin Apply(DeviceTwin twin, int? channel)
    {
        var changed = twin with
        {
            Name = Body.ContainsKey("dev_tag")
                ? Text("dev_tag") ?? throw DomainException.Invalid("dev_tag", "dev_tag is a text.")
                : twin.Name,
            Type = Body.ContainsKey("dev_type") ? Text("dev_type") : twin.Type,
            SerialNumber = Body.ContainsKey("dev_serial") ? Text("dev_serial") : twin.SerialNumber,
            Location = LocationOf(twin.Location),
            Fragments = FragmentsOf(twin.Fragments),
        };
        return channel is null ? changed : changed with { Channels = [.. ChannelsOf(twin, channel.Value)] };
    }

    private IEnumerable<Channel> ChannelsOf(DeviceTwin twin, int number)
    {
        if (twin.Channels.All(channel => channel.Number != number))
        {
            throw DomainException.NotFound($"channel {number}");
        }

        return twin.Channels.Select(channel =>
            channel.Number != number
                ? channel
                : channel with
                {
                    Type = Body.ContainsKey("val_type") ? Text("val_type") : channel.Type,
                    Description = Body.ContainsKey("val_description") ? Text("val_description") : channel.Description,
                    Offset = Body.ContainsKey("val_offset") ? Number("val_offset") ?? 0 : channel.Offset,
                    Calibration = Body.ContainsKey("val_cal") ? Reads.ConduitChannel.FactorOf(Number("val_cal") ?? 0) : channel.Calibration,
                }
        );
    }

    private Location? LocationOf(Location? old)
    {
        if (!Body.ContainsKey("loc_lat") && !Body.ContainsKey("loc_lng"))
        {
            return old;
        }

        var (latitude, longitude) = (
            Body.ContainsKey("loc_lat") ? Number("loc_lat") : old?.Latitude,
            Body.ContainsKey("loc_lng") ? Number("loc_lng") : old?.Longitude
        );
        return (latitude, longitude) switch
        {
            (null, null) => null,
            ({ } north, { } east) => new Location(north, east, old?.Altitude),
            _ => throw DomainException.Invalid("loc_lat", "A location has loc_lat and loc_lng."),
        };
    }

    private JsonObject FragmentsOf(JsonObject fragments)
    {
        var patch = new JsonObject();
        foreach (var (member, name) in ConduitMetadata.Texts.Where(text => Body.ContainsKey(text.Key)))
        {
            patch[name] = Text(member);
        }

        if (Body.ContainsKey("dev_error"))
        {
            patch["error"] = Number("dev_error");
        }

        return patch.Count == 0 ? fragments : JsonMerge.Apply(fragments, new JsonObject { [ConduitMetadata.Fragment] = patch });
    }

    private string? Text(string name) =>
        Body[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length is > 0 and <= LongestText ? text
        : throw DomainException.Invalid(name, $"{name} is a text of 1 to {LongestText} characters, or null.");

    private double? Number(string name) =>
        Body[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue<double>(out var number) && double.IsFinite(number) ? number
        : throw DomainException.Invalid(name, $"{name} is a number, or null.");
}
