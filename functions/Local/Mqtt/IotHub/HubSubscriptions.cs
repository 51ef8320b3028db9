namespace Serverless.Local.Mqtt.IotHub;

/// <summary>The subscriptions that a device can have: the hub has no other topics for it.</summary>
[Flags]
public enum HubSubscriptions
{
    None = 0,

    /// <summary>Cloud-to-device messages.</summary>
    Messages = 1,

    /// <summary>Cloud-to-device messages are delivered at QoS 1: each stays in the queue until the device acknowledges it.</summary>
    MessagesAtLeastOnce = 2,

    /// <summary>Direct methods.</summary>
    Methods = 4,

    /// <summary>Answers to the device's own twin requests.</summary>
    TwinResponses = 8,

    /// <summary>Changes of the desired properties.</summary>
    DesiredChanges = 16,
}
