using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Devices;

/// <summary>Whose message it is: a client's, of its own device or of one behind it.</summary>
/// <param name="Caller">The user who has logged in.</param>
/// <param name="Serial">The serial of the client's own device.</param>
/// <param name="Child">The external id of the device that the message is of, or null for the client's own.</param>
/// <param name="Mode">What is done with what it sends.</param>
/// <param name="Received">When it came: what brings no time of its own is of then. The same where the message comes again.</param>
internal sealed record DoorKey(Caller Caller, string Serial, string? Child, ProcessingMode Mode, DateTimeOffset? Received = null);

/// <summary>The way in for one message: its device, and the API in its user's name.</summary>
internal sealed class DeviceDoor(DoorKey key, MqttDevices devices, IApiCalls api, MessageClock clock, CancellationToken cancellation)
{
    private readonly List<string> replies = [];
    private int dated;

    public CancellationToken Cancellation => cancellation;

    public MqttDevices Devices => devices;

    public Caller Caller => key.Caller;

    public string Tenant => key.Caller.Tenant;

    public string Serial => key.Serial;

    public string? Child => key.Child;

    /// <summary>Whether the message may come again, with the same time: what it does must then not be done twice.</summary>
    public bool MayRepeat => key.Received is not null;

    /// <summary>Sends the client the operations that wait for it; nothing where it has no connection of its own.</summary>
    public Func<Task> PushPendingAsync { get; init; } = () => Task.CompletedTask;

    /// <summary>Rows for the client, on the topic that belongs to the message's own.</summary>
    public IReadOnlyList<string> Replies => replies;

    /// <summary>A time for what brings none of its own, different from the one before: two readings of one instant would be one.</summary>
    public DateTimeOffset Now() => key.Received is { } received ? received.AddTicks(dated++ * TimeSpan.TicksPerMicrosecond) : clock.Next();

    public void Reply(string row) => replies.Add(row);

    /// <summary>The device that the message is of, or null where there is none.</summary>
    /// <exception cref="CumulocityException">It is none of the caller's.</exception>
    public Task<DeviceTwin?> FindAsync() => FindAsync(key.Child ?? key.Serial);

    /// <summary>The device that the message is of, made now where it is not there.</summary>
    /// <exception cref="UnknownDeviceException">It is not there, and the tenant makes none.</exception>
    public async Task<DeviceTwin> DeviceAsync()
    {
        if (await FindAsync() is { } there)
        {
            return there;
        }

        if (!await devices.MakesUnknownAsync(Tenant, cancellation))
        {
            throw new UnknownDeviceException(key.Child ?? key.Serial);
        }

        return key.Child is { } child
            ? (await devices.MakeChildAsync(Caller, await RootAsync(), child, "", "", true, cancellation)).Device
            : await RootAsync();
    }

    /// <summary>The client's own device, made now where it is not there.</summary>
    /// <exception cref="CumulocityException">It is none of the caller's.</exception>
    public async Task<DeviceTwin> RootAsync() =>
        await FindAsync(key.Serial) ?? (await devices.MakeAsync(Tenant, key.Caller.User, key.Serial, "", "", cancellation)).Device;

    public Task<JsonNode?> GetAsync(string path) => CallAsync("GET", path, null);

    public Task<JsonNode?> PostAsync(string path, JsonNode body, string type = MediaTypes.Json) => CallAsync("POST", path, body, type);

    public Task<JsonNode?> PutAsync(string path, JsonNode body) => CallAsync("PUT", path, body);

    public Task<JsonNode?> DeleteAsync(string path) => CallAsync("DELETE", path, null);

    /// <summary>Changes members of an object's own; null removes one.</summary>
    public Task PatchAsync(DeviceTwin twin, JsonObject patch) => PutAsync($"/inventory/managedObjects/{twin.Id}", patch);

    private async Task<DeviceTwin?> FindAsync(string serial)
    {
        if (await devices.FindAsync(Tenant, serial, cancellation) is not { } found)
        {
            return null;
        }

        await devices.CheckAsync(Caller, found, cancellation);
        return found;
    }

    private Task<JsonNode?> CallAsync(string method, string path, JsonNode? body, string type = MediaTypes.Json) =>
        api.CallAsync(key.Caller, new ApiCall(method, path, body) { Type = type, Mode = key.Mode }, cancellation);
}

/// <summary>A message of a device that nobody has registered, in a tenant that makes none of itself.</summary>
internal sealed class UnknownDeviceException(string serial) : Exception($"The device {serial} is not registered.");
