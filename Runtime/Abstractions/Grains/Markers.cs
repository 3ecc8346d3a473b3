using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>Whatever a message can be sent to.</summary>
    public interface IAddressable
    {
    }
}

namespace Orleans
{
    /// <summary>A grain interface derives from exactly one of the keyed variants.</summary>
    public interface IGrain : IAddressable
    {
    }

    public interface IGrainWithStringKey : IGrain
    {
    }

    public interface IGrainWithGuidKey : IGrain
    {
    }

    public interface IGrainWithIntegerKey : IGrain
    {
    }

    /// <summary>An object outside of the grains that grains can call back.</summary>
    public interface IGrainObserver : IAddressable
    {
    }
}
