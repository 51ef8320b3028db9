using System.Text;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Telemetry;

/// <summary>Messages into a cloud.</summary>
internal static class IngestSetup
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="cloud">The cloud, whose clock dates the message.</param>
    /// <param name="hubId">The sender.</param>
    /// <param name="json">The payload.</param>
    /// <param name="seconds">Added to the clock's start.</param>
    public static DeviceMessage Message(this TestCloud cloud, string hubId, string json, double seconds = 0) =>
        new(
            hubId,
            Encoding.UTF8.GetBytes(json),
            cloud.Time.GetUtcNow().AddSeconds(seconds),
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );

    public static Task IngestAsync(this TestCloud cloud, params DeviceMessage[] messages) =>
        cloud.One.Pipeline.IngestAsync(messages, Cancellation);

    public static async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(this TestCloud cloud, string partition = TestCloud.Tenant)
    {
        var (letters, _) = await cloud.One.DeadLetters.ListAsync(partition, null, 100, null, Cancellation);
        return [.. letters.Select(letter => letter.Value)];
    }

    public static async Task<DeviceTwin?> FindAsync(this TestCloud cloud, string hubId) =>
        (await cloud.One.Devices.FindByHubIdAsync(hubId, Cancellation))?.Device.Value;

    public static async Task<int> CountAsync(this TestCloud cloud, string kind, string partition = TestCloud.Tenant) =>
        (int)await cloud.Store.CountAsync(new DocumentQuery(partition, kind), Cancellation);
}
