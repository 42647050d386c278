import { Modal } from "@mantine/core";

const KEYS: [string, string][] = [
  ["⌘K or Ctrl K", "Command bar: go to a page, find an inference, filter"],
  ["/", "Write a filter"],
  ["j / k, ↓ / ↑", "Next / previous inference"],
  ["Enter", "Open the inference"],
  ["x", "Select the inference"],
  ["Esc", "Close what is open"],
  ["t", "Time range"],
  ["l", "Live: follow new inferences"],
  ["g", "Group: to Explore with the same filter"],
  ["1 … 5", "Overview, Inferences, Models, Fields, Explore"],
  ["?", "This help"],
];

export function HelpOnKeys({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Keyboard"
      lockScroll={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <table className="list">
        <tbody>
          {KEYS.map(([key, what]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
