using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Server;

/// <summary>Another topic space beside IoT Hub's: it takes who is named "guest", any topic, and QoS 2.</summary>
public sealed class TopicSpaceTests
{
    [Fact]
    public async Task A_space_serves_the_clients_whose_credentials_it_claims()
    {
        await using var endpoint = await StartAsync(space: new GuestSpace(new Guest()));
        await using var device = await endpoint.ConnectAsync("dev1");
        await using var guest = await endpoint.OpenAsync();
        Assert.Equal(ConnectReturnCode.Accepted, await guest.ConnectAsync(ClientPackets.Connect("", "guest")));
        Assert.Equal([2], await guest.SubscribeAsync(("any/topic", 2)));
        await device.PingAsync();
    }

    [Fact]
    public async Task A_refusal_is_the_spaces_own()
    {
        await using var endpoint = await StartAsync(space: new GuestSpace(session: null));
        await using var guest = await endpoint.OpenAsync();
        Assert.Equal(ConnectReturnCode.ServerUnavailable, await guest.ConnectAsync(ClientPackets.Connect("", "guest")));
        await guest.AssertClosedAsync();
    }

    [Fact]
    public async Task A_message_at_QoS_2_is_taken_once()
    {
        var session = new Guest();
        await using var endpoint = await StartAsync(space: new GuestSpace(session));
        await using var guest = await endpoint.OpenAsync();
        await guest.ConnectAsync(ClientPackets.Connect("", "guest"));
        var publish = ClientPackets.Publish("a", [1], qos: 2, id: 5);
        await guest.SendAsync([.. publish, .. publish, .. ClientPackets.PubRel(5), .. publish, .. ClientPackets.PubRel(5)]);
        var answers = new List<PacketType>();
        while (answers.Count < 5)
        {
            answers.Add((await guest.ReadAsync()).Type);
        }

        Assert.Equal(3, answers.Count(type => type == PacketType.PubRec));
        Assert.Equal(2, answers.Count(type => type == PacketType.PubComp));
        Assert.Equal(2, session.Published);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off()
    {
        var session = new Guest();
        await using var endpoint = await StartAsync(configure: options => options.SendBufferBytes = 1024, space: new GuestSpace(session));
        await using var guest = await endpoint.OpenAsync();
        await guest.ConnectAsync(ClientPackets.Connect("", "guest"));
        var message = new MqttMessage("a", new byte[100_000], MqttQos.AtMostOnce);
        while (!session.Ended.Task.IsCompleted)
        {
            session.Link?.Publish(message);
            await Task.Yield();
        }
    }

    private sealed class GuestSpace(Guest? session) : IMqttTopicSpace
    {
        public ValueTask<MqttAdmission?> AuthenticateAsync(MqttConnect connect, CancellationToken cancellation) =>
            ValueTask.FromResult(
                connect.UserName != "guest" ? null
                : session is null ? MqttAdmission.Refuse(ConnectReturnCode.ServerUnavailable)
                : MqttAdmission.Accept(session)
            );
    }

    private sealed class Guest : IMqttSession
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IMqttLink? Link { get; private set; }

        public int Published { get; private set; }

        public string Key => "guest";

        public DateTimeOffset? Expires => null;

        public MqttQos MaximumQos => MqttQos.ExactlyOnce;

        public ValueTask<bool> OnConnectedAsync(IMqttLink link, CancellationToken cancellation)
        {
            Link = link;
            return ValueTask.FromResult(false);
        }

        public void OnReady() { }

        public Task OnPublish(MqttMessage message, CancellationToken cancellation)
        {
            Published++;
            return Task.CompletedTask;
        }

        public void OnAcknowledged(ushort packetId) { }

        public ValueTask<byte[]> OnSubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellation) =>
            ValueTask.FromResult<byte[]>([.. subscriptions.Select(subscription => (byte)subscription.Qos)]);

        public ValueTask OnUnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation) => ValueTask.CompletedTask;

        public Task OnDisconnectedAsync(bool publishWill)
        {
            Ended.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
