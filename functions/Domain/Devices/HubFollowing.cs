using System.Text.Json.Nodes;

namespace Serverless.Domain.Devices;

/// <summary>How a twin follows the one that its hub keeps: by the hub's own versions, which tell what is new, in whatever order and however often it is told.</summary>
internal static class HubFollowing
{
    private static readonly HubVersions Nothing = new(0, 0, DateTimeOffset.MinValue);

    /// <summary>A device made at the hub counts its versions from the beginning. What was pushed to it since is known already.</summary>
    public static DeviceTwin BeginAnew(DeviceTwin twin, DateTimeOffset made)
    {
        var known = twin.Hub ?? Nothing;
        return twin.Hub is not null && known.Made >= made ? twin
            : known.Pushed >= made ? twin with { Hub = known with { Reported = 0, Made = made } }
            : twin with { Hub = new HubVersions(0, 0, made) };
    }

    /// <summary>The twin after a change at the hub.</summary>
    /// <param name="twin">The twin.</param>
    /// <param name="properties">The hub's desired and reported properties, or those of them that have changed, each with $version.</param>
    /// <param name="whole">Whether they are all that there are.</param>
    /// <param name="time">When they changed, by the hub's clock.</param>
    /// <returns>The same twin where nothing is new.</returns>
    public static DeviceTwin Change(DeviceTwin twin, JsonObject properties, bool whole, DateTimeOffset time)
    {
        var known = twin.Hub ?? Nothing;
        if (time < known.Made)
        {
            return twin; // of a device of this name that is no more
        }

        var (reported, reportedVersion) = Take(twin.Reported, known.Reported, properties["reported"] as JsonObject, whole);
        var (desired, desiredVersion) = Take(twin.Desired, known.Desired, properties["desired"] as JsonObject, whole);
        var versions = known with { Reported = reportedVersion, Desired = desiredVersion };
        return versions == known ? twin : twin with { Reported = reported, Desired = desired, Hub = versions };
    }

    /// <summary>The twin after a push of desired properties. The hub's event of it, and those of pushes before it, are old news then: they would bring back what is there no more.</summary>
    public static DeviceTwin Pushed(DeviceTwin twin, HubDesired told)
    {
        var known = twin.Hub ?? Nothing;
        var news = told.Values.DeepClone().AsObject();
        news["$version"] = told.Version;
        var (desired, version) = Take(twin.Desired, known.Desired, news, whole: true);
        return version == known.Desired
            ? twin
            : twin with
            {
                Desired = desired,
                Hub = known with { Desired = version, Pushed = told.Time ?? known.Pushed },
            };
    }

    private static (TwinProperties Properties, long Version) Take(TwinProperties properties, long known, JsonObject? news, bool whole)
    {
        var version = (long?)(news?["$version"] as JsonValue) ?? 0;
        if (news is null || version <= known)
        {
            return (properties, known);
        }

        var values = new JsonObject();
        foreach (var (name, value) in news.Where(member => !member.Key.StartsWith('$')))
        {
            values[name] = value?.DeepClone();
        }

        var merged = JsonMerge.Apply(whole ? [] : properties.Values, values);
        return (JsonNode.DeepEquals(merged, properties.Values) ? properties : new TwinProperties(merged, properties.Version + 1), version);
    }
}
