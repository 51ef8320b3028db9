using Serverless.Domain.Devices;

namespace Serverless.Domain.Commands;

/// <summary>Who takes a device's commands to it.</summary>
/// <param name="Id">The id of the device itself or of one that it is behind; null where none takes commands.</param>
/// <param name="IsAgent">Whether it says of itself that it is an agent, which may come for its commands by an API.</param>
/// <param name="WasConnected">Whether the device, or one that it is behind, has ever been connected to the hub.</param>
public sealed record CommandAgent(string? Id, bool IsAgent, bool WasConnected)
{
    /// <summary>Whether commands wait until it comes for them.</summary>
    public bool Collects => IsAgent && !WasConnected;
}

/// <summary>Finds who takes a device's commands to it.</summary>
public sealed class CommandAgents(DeviceDirectory devices)
{
    /// <summary>The fragment of a twin that says so: the one of Cumulocity's agents.</summary>
    public const string Fragment = "com_cumulocity_model_Agent";

    // The fragment of objects that are devices for Cumulocity's programs, agents or not: one without it came by another door, and takes its commands by that.
    private const string DeviceFragment = "c8y_IsDevice";

    private const int MostLevels = 32;

    /// <summary>The nearest agent from the device up; else the nearest that was ever connected to the hub; else the device itself where it came by a door that knows no agents.</summary>
    public async Task<CommandAgent> FindAsync(string tenant, DeviceTwin device, CancellationToken cancellation)
    {
        DeviceTwin? agent = null;
        DeviceTwin? connected = null;
        var seen = new HashSet<string> { device.Id };
        var level = new List<DeviceTwin> { device };
        for (var depth = 0; level.Count > 0 && depth < MostLevels; depth++)
        {
            agent ??= level.Find(twin => twin.Fragments.ContainsKey(Fragment));
            connected ??= level.Find(twin => twin.Connection is not null);
            var above = new List<DeviceTwin>();
            foreach (var parent in level.SelectMany(Above).Where(seen.Add).ToList())
            {
                if (await devices.FindAsync(tenant, parent, cancellation) is { } found)
                {
                    above.Add(found.Value);
                }
            }

            level = above;
        }

        var own = device.IsAsset || device.Fragments.ContainsKey(DeviceFragment) ? null : device;
        return new CommandAgent((agent ?? connected ?? own)?.Id, agent is not null, connected is not null);
    }

    /// <summary>What an object is behind. What is no device, such as a service that runs on one, is behind those that it is an addition of.</summary>
    private static IEnumerable<string> Above(DeviceTwin twin) => twin.IsAsset ? twin.Parents.Concat(twin.AdditionParents) : twin.Parents;
}
