using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;

namespace Serverless.Dialects.ThingScale.Devices;

/// <summary>
/// What only this API knows of a device: the twin's fragment thingscale, {"description","location","manufacturer","mappedChannel","state"}. Users may write
/// fragments by other APIs: what is of another type there is
/// as if it were missing.
/// </summary>
internal sealed record ThingScaleFragment
{
    /// <summary>The fragment's name, and the type of the external ids by which this API calls devices.</summary>
    public const string Name = "thingscale";

    /// <summary>The state's member that says when it was published, in ISO 8601.</summary>
    public const string LastUpdate = "last_update";

    private const string DescriptionMember = "description";
    private const string LocationMember = "location";
    private const string ManufacturerMember = "manufacturer";
    private const string ChannelMember = "mappedChannel";
    private const string StateMember = "state";

    public string? Description { get; init; }

    public string? Location { get; init; }

    public string? Manufacturer { get; init; }

    public int? MappedChannel { get; init; }

    /// <summary>What was published on the state topic last, with <see cref="LastUpdate"/>; not to be changed.</summary>
    public JsonObject? State { get; init; }

    /// <summary>Finds the devices that are mapped to a channel.</summary>
    public static Filter IsMappedTo(int channel) => Filter.Eq(new MemberPath("fragments", Name, ChannelMember), JsonValue.Create(channel));

    /// <summary>Finds the devices that are mapped to any channel.</summary>
    public static Filter IsMapped { get; } = new Filter.Has(new MemberPath("fragments", Name, ChannelMember));

    /// <summary>The same for rules.</summary>
    public static RuleMember MappedTo(int channel) => new(Name, ChannelMember, channel);

    public static ThingScaleFragment Of(DeviceTwin twin)
    {
        var fragment = twin.Fragments[Name] as JsonObject;
        return new ThingScaleFragment
        {
            Description = Text(fragment, DescriptionMember),
            Location = Text(fragment, LocationMember),
            Manufacturer = Text(fragment, ManufacturerMember),
            MappedChannel =
                fragment?[ChannelMember] is JsonValue number && number.TryGetValue<int>(out var channel) && channel >= 0 ? channel : null,
            State = fragment?[StateMember] as JsonObject,
        };
    }

    /// <summary>The twin with this fragment; members of the fragment that are not this API's stay.</summary>
    public DeviceTwin On(DeviceTwin twin)
    {
        var fragments = twin.Fragments.DeepClone().AsObject();
        if (fragments[Name] is not JsonObject fragment)
        {
            fragments[Name] = fragment = [];
        }

        Set(fragment, DescriptionMember, Description);
        Set(fragment, LocationMember, Location);
        Set(fragment, ManufacturerMember, Manufacturer);
        Set(fragment, ChannelMember, MappedChannel);
        Set(fragment, StateMember, State?.DeepClone());
        return twin with { Fragments = fragments };
    }

    private static void Set(JsonObject fragment, string name, JsonNode? value)
    {
        if (value is null)
        {
            fragment.Remove(name);
        }
        else
        {
            fragment[name] = value;
        }
    }

    private static string? Text(JsonObject? fragment, string name) =>
        fragment?[name] is { } node && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
