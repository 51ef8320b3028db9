using System.Collections.Concurrent;
using System.Net.Sockets;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Durability;

/// <summary>Publishes numbered messages over connections that end at any moment.</summary>
/// <param name="Device">The device.</param>
/// <param name="Payload">A message's payload by its number.</param>
internal sealed record Publisher(TestDevice Device, Func<int, string> Payload)
{
    private const int MostOfARound = 20_000;
    private int next;

    /// <summary>The numbers of the messages that were acknowledged.</summary>
    public ConcurrentBag<int> Acknowledged { get; } = [];

    /// <summary>
    /// Whether what was not acknowledged is sent again over the next connection. It is for messages that say their time themselves; the others are
    /// other points when they come again.
    /// </summary>
    public bool SendsAgain { get; init; }

    public async Task RunAsync(int port, CancellationToken stop)
    {
        using var device = await RawMqttDevice.ConnectAsync(port, Device, Acknowledged);
        try
        {
            if (SendsAgain)
            {
                foreach (var number in Enumerable.Range(0, next).Except(Acknowledged).ToList())
                {
                    await device.PublishAsync(Device, number, Payload(number), stop);
                }
            }

            for (var i = 0; i < MostOfARound; i++)
            {
                var number = next++;
                await device.PublishAsync(Device, number, Payload(number), stop);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // Killed in the middle.
        }

        await device.ClosedAsync();
    }
}
