/** The kernel's picture in Jupyter's menus: lumbar vertebral bodies and the discs between them, seen from the side. */
export const KERNEL_LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Spinebook">
  <rect width="64" height="64" rx="12" fill="#12324a"/>
  <g fill="#e8eef2">
    <path d="M16 3C22 5.5 34 5.5 40 3C38.5 6.5 38.5 9 40 12.500C34 10.5 22 10.5 16 12.500C17.5 9 17.5 6.5 16 3Z"/>
    <path d="M16 22C22 24.5 34 24.5 40 22C38.2 26.5 38.2 33.5 40 38C34 35.5 22 35.5 16 38C17.8 33.5 17.8 26.5 16 22Z"/>
    <path d="M39 25.500C45 24.5 49 27 54 33C51.5 35.5 48 35 45 32C43 30.5 41 30.5 39 30.500Z"/>
    <path d="M16 47.500C22 50 34 50 40 47.500C38.5 51 38.5 57 40 61C34 59.5 22 59.5 16 61C17.5 57 17.5 51 16 47.500Z"/>
  </g>
  <g fill="#3fb6a8">
    <path d="M15.5 14.800C22 12.8 34 12.8 40.5 14.800C42.5 16.2 42.5 18.4 40.5 19.800C34 21.8 22 21.8 15.5 19.800C13.5 18.4 13.5 16.2 15.5 14.800Z"/>
    <path d="M15.5 40.200C22 38.2 34 38.2 40.5 40.200C42.5 41.6 42.5 43.8 40.5 45.200C34 47.2 22 47.2 15.5 45.200C13.5 43.8 13.5 41.6 15.5 40.200Z"/>
  </g>
</svg>
`;
